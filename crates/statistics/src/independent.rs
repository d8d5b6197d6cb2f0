//! The difference between two estimates that have nothing to do with each other.

use crate::Interval;

/// The interval of first − second from an estimate and an interval of each, of independent samples: the
/// method of variance estimates recovery (Zou and Donner 2008, "Construction of confidence limits about
/// effect measures", equations 5 and 6). With Wilson's intervals of two proportions it is Newcombe's hybrid
/// score interval (Newcombe 1998, "Interval estimation for the difference between independent proportions",
/// method 10). Its ends are NaN where an estimate or an interval is infinite.
pub fn independent_difference(first: (f64, Interval), second: (f64, Interval)) -> Interval {
    let ((a, of_a), (b, of_b)) = (first, second);
    let difference = a - b;
    Interval {
        low: difference - (a - of_a.low).hypot(of_b.high - b),
        high: difference + (of_a.high - a).hypot(b - of_b.low),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wilson;

    /// Newcombe 1998, table II, method 10: examples (a) 56/70 − 48/80 and (c) 6/7 − 2/7.
    #[test]
    fn with_wilsons_intervals_it_is_newcombes() {
        for (first, second, low, high) in [
            ([56, 70], [48, 80], 0.0524, 0.3339),
            ([6, 7], [2, 7], 0.0582, 0.8062),
        ] {
            let of =
                |[right, all]: [usize; 2]| (right as f64 / all as f64, wilson(right, all, 0.95));
            let found = independent_difference(of(first), of(second));
            assert!((found.low - low).abs() < 5e-5, "{found:?}");
            assert!((found.high - high).abs() < 5e-5, "{found:?}");
        }
    }

    #[test]
    fn nothing_is_known_of_infinite_estimates() {
        let all = Interval {
            low: 1.0,
            high: f64::INFINITY,
        };
        let found = independent_difference((f64::INFINITY, all), (f64::INFINITY, all));
        assert!(found.low.is_nan() && found.high.is_nan());
    }
}
