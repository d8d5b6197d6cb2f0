//! How often test labels were looked at, and how much of the best result can be luck.

use crate::numbers::{points, thousands};
use analysis::{CONFIDENCE, Report};
use records::JudgedOn;
use statistics::{Looks, luck_bound};

/// In a sentence or two: looks at the test labels in this run, and the bound.
pub(crate) fn looks(report: &Report) -> String {
    if !matches!(report.protocol.judged_on, JudgedOn::Test) {
        return "not looked at".to_owned();
    }
    let said = match report.test_looks {
        1 => "looked at once in this run, for the record".to_owned(),
        times => format!(
            "looked at {} times in this run: for the record, and to judge each fit that was made",
            thousands(times)
        ),
    };
    let said = said + "; curves of accuracy per epoch choose nothing, and are not counted";
    let models = report.finished().count();
    let samples = report.labels.len();
    if models < 2 || samples == 0 {
        return said + ".";
    }
    let at_most = |how| points(luck_bound(samples, models, how, CONFIDENCE));
    let [image, images] = report.dataset.words();
    let images = if samples == 1 { image } else { images };
    format!(
        "{said}. The best of {models} models may owe a part of its accuracy to luck: on {} {images} at most {} points, if all \
         models were chosen before the first look; at most {} points, if each was chosen after seeing whether the one \
         before was a new best ({:.0} % confidence, for any models; Hoeffding 1963, Dwork et al. 2015). Looks in earlier \
         runs are not counted.",
        thousands(samples),
        at_most(Looks::Planned),
        at_most(Looks::Adaptive(2)),
        CONFIDENCE * 100.0
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples::report;
    use records::examples::{CELL, run, with_errors};

    /// √((ln 2 + ln 20)/2000) and √((ln 3 + ln 20)/2000).
    #[test]
    fn the_bound_is_of_the_models_and_the_samples() {
        let run = run(&["a", "b"], &[0, 1].repeat(500));
        let fits = [("a", 2), ("b", 3)].map(|(id, wrong)| with_errors(&run, id, CELL, wrong));
        let said = looks(&report(fits.to_vec(), run.clone()));
        assert!(
            said.contains("luck: on 1\u{a0}000 images at most 4.29 points, if all"),
            "{said}"
        );
        assert!(said.contains("at most 4.52 points, if each"), "{said}");
        let alone = looks(&report(fits[..1].to_vec(), run));
        assert!(alone.ends_with("are not counted."), "{alone}");
    }
}
