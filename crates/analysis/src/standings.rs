//! Models in the order of tables and figures, with letters for those that cannot be told apart.

use crate::model::{Finished, ModelSummary};
use crate::pair::Comparison;
use crate::report::Report;
use statistics::compact_letters;

/// A model that finished, and where it stands.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    /// The model.
    pub model: &'a ModelSummary,
    /// What was measured of it.
    pub finished: &'a Finished,
    /// Two models share a letter exactly if they are not shown to be different. Empty for a
    /// model alone, and where not all pairs were compared.
    pub letters: String,
}

impl Standing<'_> {
    /// Its letters: one with the primes after it is one.
    pub fn each_letter(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for letter in self.letters.chars() {
            match all.last_mut() {
                Some(last) if letter == '′' => last.push(letter),
                _ => all.push(letter.to_string()),
            }
        }
        all
    }

    /// Whether the two are not shown to be different; false where models have no letters.
    pub fn is_equal(&self, other: &Standing) -> bool {
        let of_other = other.each_letter();
        self.each_letter().iter().any(|of| of_other.contains(of))
    }
}

impl Report {
    /// The models that finished, in the order of [`ranked`](Self::ranked).
    pub fn standings(&self) -> Vec<Standing<'_>> {
        let ranked = self.ranked();
        let differ = |a: usize, b: usize| {
            let [a, b] = [a, b].map(|i| ranked[i].0.id.as_str());
            let pair = self.pair(a, b);
            pair.is_some_and(|pair| pair.different)
        };
        let letters = if self.has_all_pairs() {
            compact_letters(ranked.len(), differ)
        } else {
            vec![String::new(); ranked.len()]
        };
        let standing = |((model, finished), letters)| Standing {
            model,
            finished,
            letters,
        };
        ranked.into_iter().zip(letters).map(standing).collect()
    }

    /// Whether there are several models, and each was compared with each: not so with a baseline.
    pub fn has_all_pairs(&self) -> bool {
        let models = self.finished().count();
        models > 1 && self.comparisons.len() == models * (models - 1) / 2
    }

    /// The comparison of two models, in whichever order.
    pub fn pair(&self, one: &str, other: &str) -> Option<&Comparison> {
        let mut pairs = self.comparisons.iter();
        pairs.find(|pair| {
            let ids = (pair.first.as_str(), pair.second.as_str());
            ids == (one, other) || ids == (other, one)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::examples::{report, with_costs};
    use records::examples::{CELL, run, with_errors};

    #[test]
    fn the_best_is_first_and_of_equals_the_cheaper() {
        let models = [
            ("dear", 10, 9.0),
            ("bad", 300, 1.0),
            ("cheap", 10, 5.0),
            ("next", 12, 1.0),
        ];
        let report = with_costs(&models, 1_000);
        let standings = report.standings();
        let said: Vec<(&str, &str)> = standings
            .iter()
            .map(|standing| (standing.model.id.as_str(), standing.letters.as_str()))
            .collect();
        assert_eq!(
            said,
            [("cheap", "a"), ("dear", "a"), ("next", "a"), ("bad", "b")]
        );
        assert!(
            report
                .pair("bad", "next")
                .is_some_and(|pair| pair.first == "next")
        );
    }

    #[test]
    fn a_model_alone_has_no_letter() {
        let run = run(&["a"], &[0, 1]);
        let report = report(vec![with_errors(&run, "a", CELL, 0)], run);
        assert_eq!(report.standings()[0].letters, "");
    }
}
