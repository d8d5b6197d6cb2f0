//! What a gate found, in words.

use crate::numbers::points;
use analysis::{FailsIf, Gate, GateEnd};
use statistics::Relation;

/// What a gate found, in a sentence: "b gets 0.80 points less right than a, and that it is worse is shown".
pub fn gate_in_words(gate: &Gate, found: &GateEnd) -> String {
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
    let is_open = matches!(found.relation, Relation::Undecided | Relation::NotWorse);
    match (is_open, fails_if) {
        (true, FailsIf::Worse | FailsIf::NotBetter) => {
            let power = found.detectable.map_or_else(
                || "no detectable difference is known".to_owned(),
                |difference| format!("detectable difference: {} points", points(difference)),
            );
            format!("{said}: they cannot be told apart ({power})")
        }
        _ => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_and_what_is_not_is_said() {
        let words = |text: &str, failed, relation, difference| {
            let found = GateEnd {
                failed,
                relation,
                difference,
                detectable: Some(0.02),
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
}
