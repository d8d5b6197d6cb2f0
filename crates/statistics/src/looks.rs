//! How much of the best of many results on one test set can be luck.

/// What was known of earlier results when the next model was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// Nothing: all models were chosen before the first look.
    Planned,
    /// Each result, as one of so many values that could have been shown: 2 for "better than the best so
    /// far or not", 101 for whole per cents, the number of samples and one more for the exact accuracy.
    Adaptive(usize),
}

/// By how much the accuracy of any of `looks` models on `samples` test samples exceeds its accuracy on
/// new ones, at most, with probability `confidence`: √((ln N + ln(1/(1 − confidence)))/2n), for N models
/// that could have been looked at (Hoeffding 1963, and the union bound).
///
/// N is the number of looks where they were planned. Where the next model follows from the results
/// before it, each sequence of results leads to another model: N = 1 + v + … + v^(looks − 1) for v
/// values that could be shown (the description length of Dwork et al. 2015). That is why the Ladder of
/// Blum and Hardt 2015 tells only whether a result is a new best.
///
/// The bound holds whatever the models are; real luck is mostly smaller. 1 at most.
///
/// # Panics
/// If there are no looks, no samples, no values to show, or `confidence` is not in (0, 1).
pub fn luck_bound(samples: usize, looks: usize, how: Looks, confidence: f64) -> f64 {
    assert!(
        samples > 0 && looks > 0,
        "{looks} looks at {samples} samples"
    );
    assert!(
        confidence > 0.0 && confidence < 1.0,
        "confidence {confidence}"
    );
    let models = match how {
        Looks::Planned | Looks::Adaptive(1) => (looks as f64).ln(),
        Looks::Adaptive(values) => {
            assert!(values > 0, "a result has a value");
            // ln((vᵏ − 1)/(v − 1)), which overflows for many looks only if written so.
            let log = (values as f64).ln();
            let power = looks as f64 * log;
            power + (-(-power).exp()).ln_1p() - (values as f64 - 1.0).ln()
        }
    };
    let bound = (models - (1.0 - confidence).ln()) / (2.0 * samples as f64);
    bound.sqrt().min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, recorded};

    #[test]
    fn the_bound_counts_the_models_that_could_have_been() {
        let cases: Vec<(usize, usize, usize, f64, f64)> = recorded("looks");
        for (samples, looks, values, confidence, expected) in cases {
            let how = match values {
                0 => Looks::Planned,
                _ => Looks::Adaptive(values),
            };
            assert_close(luck_bound(samples, looks, how, confidence), expected);
        }
    }

    #[test]
    fn exact_results_tell_more_than_bests() {
        let of = |how| luck_bound(10_000, 100, how, 0.95);
        assert!(of(Looks::Planned) < of(Looks::Adaptive(2)));
        assert!(of(Looks::Adaptive(2)) < of(Looks::Adaptive(10_001)));
        assert_eq!(of(Looks::Adaptive(1)), of(Looks::Planned));
        assert_eq!(luck_bound(1, 1_000, Looks::Adaptive(2), 0.95), 1.0);
    }
}
