//! The page in Markdown.

use super::costs::{FitCost, Growing, ModelCosts, Scaling, ThreadCosts};
use super::laws::{Law, MACHINE, Memory, QUICK, SMALL};
use crate::figure::Figure;
use crate::numbers::{significant, thousands};
use crate::room::picture;
use std::fmt::Write;

const DASH: &str = "–";

/// The page, with the figure that stands in `figures` beside it.
pub(super) fn page(scaling: &Scaling, figure: Option<&Figure>) -> String {
    let mut page = String::from(
        "# Scaling\n\nWhat a fit costs as its data grow: time and memory of every model.\n\n",
    );
    if let Some(figure) = figure {
        let alt = "Seconds of a fit against its size, a line for each model";
        let _ = writeln!(
            page,
            "{}\n\nEvery fit is in [figures/{1}](figures/{1}).\n",
            picture(figure.stem(), alt),
            figure.data_name()
        );
    }
    page += &method(scaling);
    for growing in &scaling.growing {
        page += &section(growing);
    }
    page + &threads(&scaling.threads)
}

/// What was run, where, and how the tables are to be read.
fn method(scaling: &Scaling) -> String {
    let environment = &scaling.environment;
    let machine = environment.machine();
    let machine = machine.unwrap_or_else(|| "unknown machine".to_owned());
    let commit = match environment.commit.as_str() {
        "" => "unknown",
        commit => commit,
    };
    format!(
        "## How this was measured\n\n\
         ```sh\n{}\n```\n\n\
         {machine}; commit {commit}, begun {}. {}\n\n\
         **How to read the exponents.** Twice the size costs twice as much with exponent 1, four times as much with \
         exponent 2. An exponent is the slope of a straight line, by least squares, through the logarithms of size and \
         cost, over the upper half of the sizes (at least three); behind ± is the standard error. The exponent of memory is \
         that of the memory above what the process needs without data (where the line meets size 0). Sizes at which a fit \
         takes less than {} ms, or less than {} MB above that, do not count: they are too small to measure.\n\n\
         **The columns \"10 ×\" and \"100 ×\" were not measured.** They say where the line goes if it stays straight, ten and \
         a hundred times beyond the largest measured size. So does the largest size that fits into {} GB. A dash stands where \
         there is no line.\n\n",
        environment.command,
        environment.started,
        scaling.said,
        QUICK * 1e3,
        SMALL / 1e6,
        MACHINE / 1e9,
    )
}

/// What was measured in one direction, and what it says.
fn section(growing: &Growing) -> String {
    let what = &growing.what;
    let mut text = format!(
        "## {}\n\n{}\n\n\
         | model | {what} | fit of the largest, s | exponent of time | its memory, MB | exponent of memory | no larger, because |\n\
         |---|--:|--:|--:|--:|--:|---|\n",
        growing.heading, growing.said
    );
    for model in &growing.models {
        text += &measured(model);
    }
    let _ = write!(
        text,
        "\nWhat the lines say, extrapolated:\n\n\
         | model | 10 × {what} | time | memory | 100 ×: time | memory | most {what} in {} GB |\n\
         |---|--:|--:|--:|--:|--:|--:|\n",
        MACHINE / 1e9
    );
    for model in &growing.models {
        text += &extrapolated(model);
    }
    text + "\n"
}

fn measured(model: &ModelCosts) -> String {
    let (sizes, seconds, bytes) = match (model.fits.first(), model.fits.last()) {
        (Some(first), Some(last)) => (
            format!("{} to {}", thousands(first.size), thousands(last.size)),
            significant(last.seconds),
            megabytes(last.bytes),
        ),
        _ => (DASH.to_owned(), DASH.to_owned(), DASH.to_owned()),
    };
    let [time, memory] = match model.fits.len() {
        0 => [DASH.to_owned(), DASH.to_owned()],
        _ => [
            exponent(Law::of_time(model), "too quick"),
            exponent(Memory::of(model).law, "too little"),
        ],
    };
    // A reason may be a library's own words.
    let ended = model.ended.replace('|', "\\|").replace('\n', " ");
    format!(
        "| {} | {sizes} | {seconds} | {time} | {bytes} | {memory} | {ended} |\n",
        model.id
    )
}

fn exponent(law: Law, little: &str) -> String {
    match law {
        Law::Power(law) => {
            let sign = if law.exponent < 0.0 { "−" } else { "" };
            let exponent = law.exponent.abs();
            format!("{sign}{exponent:.2} ± {:.2}", law.standard_error)
        }
        Law::Little => little.to_owned(),
        Law::Few => "too few sizes".to_owned(),
    }
}

fn extrapolated(model: &ModelCosts) -> String {
    let Some(&FitCost { size, .. }) = model.fits.last() else {
        return format!("| {} |{}\n", model.id, format!(" {DASH} |").repeat(6));
    };
    let time = Law::of_time(model).power();
    let memory = Memory::of(model);
    let at = |times: usize| {
        let size = (size * times) as f64;
        let time = time.map(|law| duration(law.at(size)));
        let memory = memory.at(size).map(in_words);
        [time, memory].map(|said| said.unwrap_or_else(|| DASH.to_owned()))
    };
    let [[time, bytes], [time_of_more, bytes_of_more]] = [10, 100].map(at);
    // A line that is nearly level may meet the machine's memory anywhere.
    let most = memory.most().filter(|&most| most > size as f64);
    format!(
        "| {} | {} | {time} | {bytes} | {time_of_more} | {bytes_of_more} | {} |\n",
        model.id,
        thousands(size * 10),
        most.map_or_else(|| DASH.to_owned(), at_most),
    )
}

/// A size that nobody has is not written in full.
fn at_most(size: f64) -> String {
    if size > 1e12 {
        "more than 10¹²".to_owned()
    } else {
        round_size(size)
    }
}

fn threads(threads: &[ThreadCosts]) -> String {
    let mut text = String::from(
        "## A second thread\n\n\
         The same fit with one thread and with two, on rows as above. A ratio of 0.5 is the best that a second thread can give, \
         1 means that it gives nothing.\n\n\
         | model | rows | 1 thread, s | 2 threads, s | 2 threads over 1 |\n|---|--:|--:|--:|--:|\n",
    );
    for ThreadCosts { id, rows, seconds } in threads {
        let [one, two] = *seconds;
        let ratio = if one < QUICK {
            "too quick".to_owned()
        } else {
            format!("{:.2}", two / one)
        };
        let _ = writeln!(
            text,
            "| {id} | {} | {} | {} | {ratio} |",
            thousands(*rows),
            significant(one),
            significant(two)
        );
    }
    text
}

fn megabytes(bytes: f64) -> String {
    format!("{:.0}", bytes / 1e6)
}

/// Two digits and a unit; more digits would promise too much of an extrapolation.
fn in_words(bytes: f64) -> String {
    let units = [(1e15, "PB"), (1e12, "TB"), (1e9, "GB")];
    let unit = units.into_iter().find(|(unit, _)| bytes >= *unit);
    let (unit, name) = unit.unwrap_or((1e6, "MB"));
    format!("{} {name}", two_digits(bytes / unit))
}

fn duration(seconds: f64) -> String {
    const DAY: f64 = 86_400.0;
    let units = [
        (365.25 * DAY, "years"),
        (DAY, "days"),
        (3_600.0, "h"),
        (60.0, "min"),
    ];
    // From two of a unit on: 90 s says more than 1.5 min.
    let unit = units.into_iter().find(|(unit, _)| seconds >= 2.0 * unit);
    let (unit, name) = unit.unwrap_or((1.0, "s"));
    format!("{} {name}", two_digits(seconds / unit))
}

fn two_digits(value: f64) -> String {
    if value >= 10.0 {
        round_size(value)
    } else {
        format!("{value:.1}")
    }
}

/// A size or a number above 10, to two digits.
fn round_size(value: f64) -> String {
    let unit = 10_f64.powf(value.max(1.0).log10().floor() - 1.0).max(1.0);
    thousands(((value / unit).round() * unit) as usize)
}
