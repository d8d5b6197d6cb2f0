//! What a comparison will be able to show, in lines.

use crate::numbers::{points, signed, thousands};
use crate::template::in_words_of;
use crate::words::judged;
use analysis::{FoldsAhead, Foresight, KnownSpread, MOST_REPEATS, Planned, SeedsAhead, Share};
use statistics::MOST_SEEDS;

/// What the tests of a comparison will find four times in five, a line each. `words` are what one sample is
/// called, and several.
pub fn foresight(planned: Planned, words: [&str; 2]) -> Vec<String> {
    let lines = lines(planned, words).into_iter();
    lines.map(|line| in_words_of(&line, words)).collect()
}

fn lines(planned: Planned, words: [&str; 2]) -> Vec<String> {
    let Planned {
        models,
        images,
        protocol,
        ..
    } = planned;
    let s = if models == 1 { "" } else { "s" };
    let of = format!(
        "{models} model{s} on {} {}",
        thousands(images),
        judged(protocol.judged_on, words)
    );
    let Some(found) = Foresight::new(planned) else {
        return vec![format!("{of}: nothing to compare.")];
    };
    let first = match found.tests {
        1 => format!("{of}: one pair, tested at 0.05."),
        tests => format!(
            "{of}: {} pairs, each tested at 0.05 / {tests}.",
            thousands(tests)
        ),
    };
    let shares = found.shares.iter();
    let in_groups = found.groups.map(|groups| {
        format!(
            "They come in {} groups. Each counts as one image, which is careful: the images of a group may be alike.",
            thousands(groups)
        )
    });
    let unit = found.groups.map_or("images", |_| "groups");
    std::iter::once(first)
        .chain(in_groups)
        .chain([heading(&found)])
        .chain((found.folds.is_none()).then(|| least(found.least)))
        .chain(shares.map(|share| of_share(share, found.matters, unit)))
        .chain(
            found
                .folds
                .iter()
                .flat_map(|of| of_folds(of, found.matters)),
        )
        .chain(
            found
                .seeds
                .iter()
                .flat_map(|of| of_seeds(of, found.matters)),
        )
        .collect()
}

fn heading(found: &Foresight) -> String {
    let found_from =
        "A pair is found to differ four times in five from this difference in accuracy on";
    match found.folds.map(|of| of.freedom) {
        None => format!("{found_from}:"),
        Some(freedom) => {
            let s = if freedom == 1.0 { "" } else { "s" };
            format!(
                "{found_from}, with {freedom} degree{s} of freedom and at best (folds differ by their training images, \
                 too):"
            )
        }
    }
}

fn least(least: Option<f64>) -> String {
    match least {
        Some(least) => format!(
            "  {} points, if one of the two is right on every image on which they differ: nothing smaller can be found",
            points(least)
        ),
        None => "  none: there are too few images for any".to_owned(),
    }
}

fn of_share(share: &Share, matters: f64, unit: &str) -> String {
    let on = format!(
        "if they differ on {:.0} % of the images",
        share.differing * 100.0
    );
    let found = match share.detectable {
        Some(detectable) => format!("  {} points, {on}", points(detectable)),
        None => format!("  none, {on}"),
    };
    match share.images_needed {
        Some(images) => format!(
            "{found}; {} points take about {} {unit}",
            points(matters),
            thousands(images)
        ),
        None => found,
    }
}

fn of_folds(ahead: &FoldsAhead, matters: f64) -> [String; 2] {
    let is_out_of_reach = |of: KnownSpread| ahead.least * of.deviation > matters;
    let beyond = if ahead.known.is_some_and(is_out_of_reach) {
        format!("no number of repetitions shows {} points", points(matters))
    } else {
        let most = thousands(MOST_REPEATS as usize);
        format!(
            "{} points take more than {most} repetitions, and there cannot be more",
            points(matters)
        )
    };
    [
        format!(
            "In standard deviations of the differences fold by fold: from {} on, and with any number of repetitions of these \
             folds from no less than {}.",
            signed(ahead.deviations, 1),
            signed(ahead.least, 1)
        ),
        of_spread(ahead.known, matters, ["fold", "repetitions"], &beyond),
    ]
}

fn of_seeds(ahead: &SeedsAhead, matters: f64) -> [String; 2] {
    let needed = ahead.for_one.map_or_else(String::new, |seeds| {
        format!(
            "; one such deviation takes {} seeds",
            thousands(seeds as usize)
        )
    });
    let most = thousands(MOST_SEEDS as usize);
    let beyond = format!("{} points take more than {most} seeds", points(matters));
    [
        format!(
            "Over {} seeds, on these images: from {} standard deviations of the differences seed by seed on{needed}.",
            ahead.seeds,
            signed(ahead.deviations, 1)
        ),
        of_spread(ahead.known, matters, ["seed", "seeds"], &beyond),
    ]
}

/// What such a deviation is, which only a run can say; `beyond` is said where more are needed than are counted.
fn of_spread(
    known: Option<KnownSpread>,
    matters: f64,
    [from, unit]: [&str; 2],
    beyond: &str,
) -> String {
    let Some(known) = known else {
        return format!(
            "  How large such a deviation is, no report here says: run it with few {unit}, and ask again."
        );
    };
    let needed = match known.needed {
        Some(needed) => format!(
            "{} points take {} {unit}",
            points(matters),
            thousands(needed as usize)
        ),
        None => beyond.to_owned(),
    };
    format!(
        "  In the report here it is {} points at most, from {from} to {from}: then from {} points on, and {needed}.",
        points(known.deviation),
        points(known.detectable)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::{Folds, JudgedOn, Protocol};

    const IMAGES: [&str; 2] = ["image", "images"];

    fn planned(models: usize, images: usize, protocol: Protocol) -> Planned {
        Planned {
            models,
            has_baseline: false,
            train: 60_000,
            images,
            groups: None,
            protocol,
            margin: None,
            deviation: None,
        }
    }

    #[test]
    fn power_is_said_in_a_few_lines() {
        let protocol = Protocol {
            seeds: 5,
            ..Protocol::default()
        };
        let said = foresight(planned(2, 10_000, protocol), IMAGES);
        assert_eq!(
            said[0],
            "2 models on 10\u{a0}000 test images: one pair, tested at 0.05."
        );
        assert!(
            said[2].starts_with("  0.08 points, if one of the two"),
            "{said:?}"
        );
        assert!(
            said[3].contains("1 % of the images; 0.50 points take about 3"),
            "{said:?}"
        );
        assert!(
            said[6].ends_with("one such deviation takes 10 seeds."),
            "{said:?}"
        );
        assert!(said[7].ends_with("run it with few seeds, and ask again."));
        let known = Planned {
            deviation: Some(0.004),
            ..planned(2, 10_000, protocol)
        };
        let known = foresight(known, IMAGES);
        assert_eq!(
            known[7],
            "  In the report here it is 0.40 points at most, from seed to seed: then from 0.67 points on, and 0.50 points \
             take 8 seeds."
        );
        // Neither many seeds nor more than are counted are called impossible.
        let with = |deviation: f64| {
            let wide = Planned {
                deviation: Some(deviation),
                ..planned(2, 10_000, protocol)
            };
            foresight(wide, IMAGES).remove(7)
        };
        let many = with(0.5);
        assert!(
            many.ends_with("and 0.50 points take 78\u{a0}491 seeds."),
            "{many}"
        );
        let more = with(100.0);
        let said = "and 0.50 points take more than 1\u{a0}000\u{a0}000\u{a0}000 seeds.";
        assert!(more.ends_with(said), "{more}");
        let one = foresight(planned(1, 10_000, Protocol::default()), IMAGES);
        assert_eq!(
            one,
            ["1 model on 10\u{a0}000 test images: nothing to compare."]
        );
        let few = foresight(planned(2, 4, Protocol::default()), IMAGES);
        assert_eq!(few[2], "  none: there are too few images for any");
        assert!(
            few[3].starts_with("  none, if they differ on 1 %"),
            "{few:?}"
        );
    }

    #[test]
    fn a_group_counts_as_one_image() {
        let grouped = Planned {
            groups: Some(40),
            ..planned(2, 10_000, Protocol::default())
        };
        let said = foresight(grouped, IMAGES);
        assert!(said[1].starts_with("They come in 40 groups."), "{said:?}");
        assert!(said[5].ends_with(" groups"), "{said:?}");
        let alone = foresight(planned(2, 40, Protocol::default()), IMAGES);
        assert_eq!(said[3], alone[2], "as of 40 images");
    }

    #[test]
    fn over_folds_the_degrees_of_freedom_are_said() {
        let judged_on = JudgedOn::Folds(Folds {
            repeats: 1,
            folds: 2,
        });
        let protocol = Protocol {
            judged_on,
            ..Protocol::default()
        };
        let said = foresight(planned(3, 60_000, protocol), IMAGES);
        assert!(
            said[1].contains("with 1 degree of freedom and at best"),
            "{said:?}"
        );
        assert!(
            said[2].starts_with("  none, if they differ on 1 %"),
            "{said:?}"
        );
        assert!(said[5].contains("fold by fold: from "), "{said:?}");
        assert!(said[6].contains("run it with few repetitions"), "{said:?}");
        assert_eq!(said.len(), 7);
        let with = |deviation: f64| {
            let known = Planned {
                deviation: Some(deviation),
                ..planned(3, 60_000, protocol)
            };
            foresight(known, IMAGES).remove(6)
        };
        let known = with(0.01);
        assert!(
            known.ends_with("on, and no number of repetitions shows 0.50 points."),
            "{known}"
        );
        // Just above what any number shows.
        let ahead = Foresight::new(planned(3, 60_000, protocol)).unwrap();
        let many = with(0.999 * ahead.matters / ahead.folds.unwrap().least);
        let said = "and 0.50 points take more than 255 repetitions, and there cannot be more.";
        assert!(many.ends_with(said), "{many}");
    }
}
