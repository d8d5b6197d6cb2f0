//! What gates found, in words.

use crate::numbers::points;
use crate::words::power;
use analysis::{FailsIf, Gate, GateEnd, Report};
use statistics::Relation;

/// What gates found, a sentence each: of those that passed, and of those that failed.
pub fn gates_in_words(gates: &[Gate], report: &Report) -> [Vec<String>; 2] {
    let [mut passed, mut failed] = [Vec::new(), Vec::new()];
    for gate in gates {
        match report.gate(gate) {
            None => failed.push(format!("{} or {} did not finish", gate.model, gate.than)),
            Some(found) if found.failed => failed.push(gate_in_words(gate, &found)),
            Some(found) => passed.push(gate_in_words(gate, &found)),
        }
    }
    [passed, failed]
}

/// What a gate found, in a sentence: "b gets 0.80 points less right than a, and that it is worse is shown".
fn gate_in_words(gate: &Gate, found: &GateEnd) -> String {
    let Gate {
        model,
        than,
        fails_if,
    } = gate;
    let difference = found.difference;
    let ahead = if difference < 0.0 {
        format!("{} points less right than", points(-difference))
    } else {
        format!("{} points more right than", points(difference))
    };
    let shown = match (found.relation, fails_if) {
        (Relation::Worse, _) => "that it is worse is shown",
        (Relation::Better, _) => "that it is better is shown",
        (_, FailsIf::WorseBy(_)) if found.failed => {
            "that it is not worse by more than the margin is not shown"
        }
        (_, FailsIf::WorseBy(_)) => "that it is not worse by more than the margin is shown",
        (_, FailsIf::Worse) => "that it is worse is not shown",
        (_, FailsIf::NotBetter) => "that it is better is not shown",
    };
    let said = format!("{model} gets {ahead} {than}, and {shown}");
    match fails_if {
        FailsIf::Worse | FailsIf::NotBetter if found.open => {
            let power = power(found.detectable, found.tested);
            format!("{said}: they cannot be told apart ({power})")
        }
        _ => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples::report;
    use records::examples::{CELL, of_fold, run, run_over_folds, with_errors};
    use records::{Cell, RunRecord};

    #[test]
    fn what_is_shown_and_what_is_not_is_said() {
        let words = |text: &str, failed, relation, difference| {
            let found = GateEnd {
                failed,
                relation,
                difference,
                open: matches!(relation, Relation::Undecided | Relation::NotWorse),
                detectable: Some(0.02),
                tested: true,
            };
            gate_in_words(&text.parse().unwrap(), &found)
        };
        assert_eq!(
            words("b worse than a", true, Relation::Worse, -0.008),
            "b gets 0.80 points less right than a, and that it is worse is shown"
        );
        let margin = words("b worse than a by 1", true, Relation::Undecided, 0.001);
        assert!(margin.ends_with("the margin is not shown"), "{margin}");
        let better = words("b not better than a", true, Relation::NotWorse, 0.001);
        assert!(
            better.ends_with(
                "that it is better is not shown: they cannot be told apart (detectable difference: 2.00 points)"
            ),
            "{better}"
        );
    }

    /// On one image, and over folds that all show the same difference.
    #[test]
    fn where_no_difference_is_detectable_a_test_is_told_from_none() {
        let gate: Gate = "b worse than a".parse().unwrap();
        let said = |run: &RunRecord, cells: &[Cell]| {
            let of = |&cell: &Cell| {
                [("a", 0), ("b", 1)].map(|(id, wrong)| with_errors(run, id, cell, wrong))
            };
            let report = report(cells.iter().flat_map(of).collect(), run.clone());
            gate_in_words(&gate, &report.gate(&gate).unwrap())
        };
        let one = said(&run(&["a", "b"], &[0]), &[CELL]);
        assert!(
            one.ends_with("they cannot be told apart (no difference is detectable, however large)"),
            "{one}"
        );
        let folds = run_over_folds(&["a", "b"], &[0, 1].repeat(20), 1, 4);
        let folds = said(&folds, &[0, 1, 2, 3].map(|fold| of_fold(0, fold)));
        assert!(
            folds.ends_with("they cannot be told apart (no detectable difference is known)"),
            "{folds}"
        );
    }
}
