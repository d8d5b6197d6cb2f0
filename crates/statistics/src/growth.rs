//! How a cost grows with a size: a power law, fitted on logarithms.

use crate::moments::mean;

/// A cost of factor · size^exponent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PowerLaw {
    /// 1 where twice the size costs twice as much, 2 where it costs four times as much.
    pub exponent: f64,
    /// The standard error of the exponent.
    pub standard_error: f64,
    /// The cost of size 1.
    pub factor: f64,
}

impl PowerLaw {
    /// Fewest points that leave one over for the standard error.
    const FEWEST: usize = 3;

    /// The line of least squares through the logarithms of sizes and costs. `None` of fewer than three points, of
    /// sizes that are all one, and where a size or a cost is not positive and finite.
    ///
    /// The standard error takes the errors of the logarithms for independent and equally large.
    pub fn fit(points: &[[f64; 2]]) -> Option<Self> {
        let is_usable = |value: &f64| value.is_finite() && *value > 0.0;
        if points.len() < Self::FEWEST || !points.iter().flatten().all(is_usable) {
            return None;
        }
        let logs = points.iter().map(|point| point.map(f64::ln));
        let middle = [0, 1].map(|axis| mean(logs.clone().map(|point| point[axis])));
        let (mut squares, mut products) = (0.0, 0.0);
        for [size, cost] in logs.clone() {
            squares += (size - middle[0]).powi(2);
            products += (size - middle[0]) * (cost - middle[1]);
        }
        if squares == 0.0 {
            return None;
        }
        let exponent = products / squares;
        let intercept = middle[1] - exponent * middle[0];
        let residuals = logs.map(|[size, cost]| (cost - intercept - exponent * size).powi(2));
        let degrees = (points.len() - 2) as f64;
        Some(Self {
            exponent,
            standard_error: (residuals.sum::<f64>() / degrees / squares).sqrt(),
            factor: intercept.exp(),
        })
    }

    /// The cost of a size.
    pub fn at(&self, size: f64) -> f64 {
        self.factor * size.powf(self.exponent)
    }

    /// The size that costs so much; `None` where more size does not cost more.
    pub fn reaching(&self, cost: f64) -> Option<f64> {
        (self.exponent > 0.0).then(|| (cost / self.factor).powf(1.0 / self.exponent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::assert_close;

    #[test]
    fn exact_powers_are_found() {
        let points = [10.0, 20.0, 40.0, 80.0].map(|size: f64| [size, 3.0 * size.powf(1.5)]);
        let law = PowerLaw::fit(&points).unwrap();
        assert_close(law.exponent, 1.5);
        assert_close(law.factor, 3.0);
        assert!(law.standard_error < 1e-12, "{law:?}");
        assert_close(law.at(100.0), 3_000.0);
        assert_close(law.reaching(3_000.0).unwrap(), 100.0);
    }

    /// By NumPy: `numpy.polyfit(numpy.log([1, 2, 4, 8]), numpy.log([1.1, 1.9, 4.3, 7.8]), 1, cov=True)`; the standard
    /// error is the root of the first entry of the covariance.
    #[test]
    fn the_standard_error_is_that_of_least_squares() {
        let law = PowerLaw::fit(&[[1.0, 1.1], [2.0, 1.9], [4.0, 4.3], [8.0, 7.8]]).unwrap();
        assert_close(law.exponent, 0.965_624_904);
        assert_close(law.factor, 1.060_240_147);
        assert_close(law.standard_error, 0.051_365_867_6);
    }

    #[test]
    fn what_has_no_law_is_refused() {
        assert_eq!(PowerLaw::fit(&[[1.0, 1.0], [2.0, 2.0]]), None);
        assert_eq!(PowerLaw::fit(&[[2.0, 1.0], [2.0, 2.0], [2.0, 3.0]]), None);
        assert_eq!(PowerLaw::fit(&[[1.0, 0.0], [2.0, 2.0], [4.0, 4.0]]), None);
        assert_eq!(
            PowerLaw::fit(&[[1.0, f64::NAN], [2.0, 2.0], [4.0, 4.0]]),
            None
        );
        let falling = PowerLaw::fit(&[[1.0, 4.0], [2.0, 2.0], [4.0, 1.0]]).unwrap();
        assert_eq!(falling.reaching(1.0), None);
    }
}
