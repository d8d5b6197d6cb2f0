//! The first figure of a report: every model's accuracy with its interval, the best first, with
//! letters over those that cannot be told apart, and what each costs.

use super::looks::Looks;
use super::rows::{Cost, Row, Rows};
use super::scale::ends;
use crate::figure::Figure;
use crate::numbers::{Amount, percent};
use crate::room::Room;
use crate::table::Table;
use crate::words::{and, judged_images, leaders, letters as letters_mean};
use analysis::{Report, Standing};

const COSTS: [Cost; 3] = [
    Cost {
        name: "fit",
        short: "fit ",
        of: |of, _| of.cost.fit_seconds.map(Amount::seconds),
    },
    Cost {
        name: "predict",
        short: "predict ",
        of: |of, samples| {
            let all = of.cost.predict_seconds?;
            Some(Amount::seconds(all / samples.max(1) as f64))
        },
    },
    Cost {
        name: "memory",
        short: "",
        of: |of, _| Some(Amount::bytes(of.cost.peak_memory_bytes? as f64)),
    },
];

/// `None` if no model finished.
pub(super) fn accuracy_and_cost(report: &Report) -> Option<Figure> {
    let standings = report.standings();
    (!standings.is_empty()).then(|| {
        let rows = rows(report, &standings);
        Figure::svg("models", |room| rows.draw(room), data(&standings))
    })
}

fn data(standings: &[Standing]) -> Table {
    let quality = || standings.iter().map(|standing| &standing.finished.quality);
    let percent = |share: f64| Some(share * 100.0);
    Table::default()
        .text("model", standings.iter().map(|standing| &standing.model.id))
        .numbers("right", quality().map(|of| percent(of.accuracy)))
        .numbers("low", quality().map(|of| percent(of.accuracy_interval.low)))
        .numbers(
            "high",
            quality().map(|of| percent(of.accuracy_interval.high)),
        )
        .text(
            "letters",
            standings.iter().map(|standing| &standing.letters),
        )
}

fn rows<'a>(report: &Report, standings: &'a [Standing]) -> Rows<'a> {
    let images = report.dataset.test;
    let costs: Vec<&Cost> = COSTS
        .iter()
        .filter(|cost| {
            standings
                .iter()
                .any(|of| (cost.of)(of.finished, images).is_some())
        })
        .collect();
    let letters = alphabet(standings);
    let looks = Looks::of_report(report);
    let row = |standing: &'a Standing| {
        let quality = &standing.finished.quality;
        let interval = quality.accuracy_interval;
        let own = standing.each_letter();
        let has = |letter: &&String| own.contains(*letter);
        let held = letters.iter().enumerate().filter(|(_, letter)| has(letter));
        Row {
            id: &standing.model.id,
            look: looks.of(&standing.model.id),
            right: quality.accuracy * 100.0,
            interval: [interval.low * 100.0, interval.high * 100.0],
            letters: held.map(|(i, _)| i).collect(),
            costs: costs
                .iter()
                .map(|cost| (cost.of)(standing.finished, images))
                .collect(),
        }
    };
    let is_log = is_log(standings);
    Rows {
        title: title(standings, report.margin.is_some()),
        said: [Room::Wide, Room::Narrow].map(|room| said(report, is_log, room)),
        is_log,
        models: standings.iter().map(row).collect(),
        costs,
        letters,
    }
}

/// What is seen: who leads. With a margin, models that share a letter may be equivalent, or not.
fn title(standings: &[Standing], has_margin: bool) -> String {
    let alike = if has_margin {
        "not shown to differ"
    } else {
        "and cannot be told apart"
    };
    let best = &standings[0];
    let equal: Vec<&str> = standings
        .iter()
        .skip(1)
        .filter(|other| best.is_equal(other))
        .map(|of| of.model.id.as_str())
        .collect();
    let id = &best.model.id;
    match (standings.len(), equal.len()) {
        (1, _) => format!(
            "{id} gets {} right",
            percent(best.finished.quality.accuracy)
        ),
        (_, 0) => format!("{id} is the most accurate"),
        (count, equals) if equals + 1 == count => {
            "No model is shown to be better than another".to_owned()
        }
        (_, 1 | 2) => format!(
            "{} lead, {alike}",
            and(&[&[id.as_str()], &equal[..]].concat())
        ),
        (_, equals) => {
            let is_tied =
                |of: &&Standing| of.finished.quality.accuracy == best.finished.quality.accuracy;
            let tied = standings.iter().take_while(is_tied);
            let tied: Vec<&str> = tied.map(|of| of.model.id.as_str()).collect();
            let (who, several) = leaders(&tied);
            let lead = if several { "lead" } else { "leads" };
            let others = match equals + 1 - tied.len() {
                0 => String::new(),
                1 => " from another model".to_owned(),
                others => format!(" from {others} others"),
            };
            format!("{who} {lead}, {alike}{others}")
        }
    }
}

/// Whether one model has ten times as many errors as another, and none has none.
fn is_log(standings: &[Standing]) -> bool {
    let wrong = |share: f64| 1.0 - share;
    let errors = standings
        .iter()
        .map(|of| wrong(of.finished.quality.accuracy));
    let [least, most] = ends(errors, [0.0, 0.0]);
    let intervals = standings
        .iter()
        .map(|of| wrong(of.finished.quality.accuracy_interval.high));
    most > 10.0 * least && intervals.fold(1.0, f64::min) > 0.0
}

/// What is drawn. On a phone costs are written, without bars.
fn said(report: &Report, is_log: bool, room: Room) -> String {
    let images = judged_images(report);
    let scale = if is_log {
        ", on a scale that is stretched towards 100 %"
    } else {
        ""
    };
    let letters = if report.has_all_pairs() {
        format!(" {}", letters_mean(report))
    } else {
        String::new()
    };
    let costs = if report.is_judged_only() {
        String::new()
    } else {
        let [sample, _] = report.dataset.words();
        let bars = if room.is_narrow() {
            ""
        } else {
            " Bars: costs, on logarithmic scales."
        };
        format!("{bars} The prediction time is for one {sample}.")
    };
    format!(
        "Points: the share of the {images} right, with its 95 % interval{scale}.{costs}{letters}"
    )
}

/// All letters in order.
fn alphabet(standings: &[Standing]) -> Vec<String> {
    let mut letters: Vec<String> = Vec::new();
    for letter in standings.iter().flat_map(Standing::each_letter) {
        if !letters.contains(&letter) {
            letters.push(letter);
        }
    }
    letters.sort_by_key(|letter| (letter.chars().count(), letter.clone()));
    letters
}
