//! Scales: from values to pixels, and the values that are written along them.

use crate::numbers::{power_of_ten, scientific, signed};

/// From values to pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    is_log: bool,
    values: [f64; 2],
    pixels: [f64; 2],
    /// The least step between values that are written.
    least: f64,
}

/// A value on an axis, and what is written there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) label: String,
}

impl Scale {
    /// The first value is at the first pixel.
    pub(super) fn linear(values: [f64; 2], pixels: [f64; 2]) -> Self {
        Self {
            is_log: false,
            values: apart(values, |[low, high]| [low - 0.5, high + 0.5]),
            pixels,
            least: 0.0,
        }
    }

    /// Of things that are counted: no value between whole numbers is written.
    pub(super) fn whole(self) -> Self {
        Self { least: 1.0, ..self }
    }

    /// Of positive values.
    pub(super) fn log(values: [f64; 2], pixels: [f64; 2]) -> Self {
        let values = values.map(|value| value.max(f64::MIN_POSITIVE));
        Self {
            is_log: true,
            values: apart(values, |[low, high]| [low / 2.0, high * 2.0]),
            pixels,
            least: 0.0,
        }
    }

    /// Where a value is.
    pub(super) fn place(&self, value: f64) -> f64 {
        let of = |value: f64| {
            if self.is_log {
                value.max(f64::MIN_POSITIVE).log10()
            } else {
                value
            }
        };
        let [low, high] = self.values.map(of);
        let share = (of(value) - low) / (high - low);
        self.pixels[0] + share * (self.pixels[1] - self.pixels[0])
    }

    /// Round values between its ends, about `most` of them at most.
    pub(super) fn ticks(&self, most: usize) -> Vec<Tick> {
        if self.is_log {
            self.log_ticks(most)
        } else {
            self.linear_ticks(most)
        }
    }

    fn linear_ticks(&self, most: usize) -> Vec<Tick> {
        let [low, high] = self.values;
        let least = ((high - low) / most.max(1) as f64).max(self.least);
        let power = 10_f64.powf(least.log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|times| times * power);
        let step = steps
            .into_iter()
            .find(|&step| step >= least * 0.999)
            .unwrap_or(steps[3]);
        let decimals = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
        let first = (low / step - 1e-9).ceil() as i64;
        let last = (high / step + 1e-9).floor() as i64;
        let tick = |i: i64| Tick {
            value: i as f64 * step,
            label: signed(i as f64 * step, decimals),
        };
        (first..=last).map(tick).collect()
    }

    /// Powers of ten; where there are fewer than three, also 3, or 2 and 5, or 2, 3, 5 and 7 times these; else all
    /// round values.
    fn log_ticks(&self, most: usize) -> Vec<Tick> {
        let found = [
            &[1.0][..],
            &[1.0, 3.0],
            &[1.0, 2.0, 5.0],
            &[1.0, 2.0, 3.0, 5.0, 7.0],
        ];
        let found = found.map(|times| self.round_values(times));
        let enough = found.iter().find(|values| values.len() >= 3);
        let Some(values) = enough.or_else(|| found.iter().rfind(|values| values.len() == 2)) else {
            return self.linear_ticks(most.min(3));
        };
        let every = values.len().div_ceil(most.max(2));
        values
            .iter()
            .copied()
            .step_by(every)
            .map(power_tick)
            .collect()
    }

    /// The same of a logarithmic scale, as many as fit.
    pub(super) fn many_ticks(&self, most: usize) -> Vec<Tick> {
        let found = [&[1.0, 2.0, 5.0][..], &[1.0, 3.0]].map(|times| self.round_values(times));
        let fits = |values: &&Vec<f64>| (3..=most).contains(&values.len());
        match found.iter().find(fits) {
            Some(values) => values.iter().copied().map(power_tick).collect(),
            None => self.log_ticks(most),
        }
    }

    /// So many times the powers of ten, between the ends.
    fn round_values(&self, times: &[f64]) -> Vec<f64> {
        let [low, high] = self.values;
        let decades = (low.log10().floor() as i32)..=(high.log10().ceil() as i32);
        let all =
            decades.flat_map(|power| times.iter().map(move |times| times * 10_f64.powi(power)));
        all.filter(|&value| value >= low * 0.999 && value <= high * 1.001)
            .collect()
    }
}

fn power_tick(value: f64) -> Tick {
    Tick {
        value,
        label: power(value),
    }
}

/// The two ends, and others if they are one.
fn apart(values: [f64; 2], others: impl Fn([f64; 2]) -> [f64; 2]) -> [f64; 2] {
    if values[1] > values[0] {
        values
    } else {
        others(values)
    }
}

/// The ends of some values; `otherwise` if there are none.
pub(super) fn ends(values: impl IntoIterator<Item = f64>, otherwise: [f64; 2]) -> [f64; 2] {
    let widen = |ends: Option<[f64; 2]>, value: f64| match ends {
        None => Some([value; 2]),
        Some([low, high]) => Some([low.min(value), high.max(value)]),
    };
    let finite = values.into_iter().filter(|value| value.is_finite());
    finite.fold(None, widen).unwrap_or(otherwise)
}

/// The ends with so much of their distance on both sides.
pub(super) fn with_margin([low, high]: [f64; 2], share: f64) -> [f64; 2] {
    let margin = (high - low) * share;
    [low - margin, high + margin]
}

/// The same by factors, for logarithmic scales.
pub(super) fn with_factor([low, high]: [f64; 2], share: f64) -> [f64; 2] {
    let low = low.max(f64::MIN_POSITIVE);
    let factor = (high / low).powf(share).max(1.15);
    [low / factor, high * factor]
}

/// The largest number that is 1, 2 or 5 times a power of ten and not above a positive value.
pub(super) fn round_below(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let rounds = [5.0, 2.0, 1.0].map(|times| times * power);
    rounds
        .into_iter()
        .find(|&round| round <= value)
        .unwrap_or(value)
}

/// 0.001, 0.01, 0.1, 1, 10, 100, 1 000, 10⁴, 3·10⁴; the value is 1, 2, 3, 5 or 7 times a power of ten.
fn power(value: f64) -> String {
    let exponent = (value.log10() + 1e-9).floor() as i32;
    let times = (value / 10_f64.powi(exponent)).round() as i32;
    match exponent {
        -3..4 => signed(value, (-exponent).max(0) as usize),
        _ if times == 1 => power_of_ten(exponent),
        _ => scientific(value, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale, most: usize) -> Vec<String> {
        scale
            .ticks(most)
            .into_iter()
            .map(|tick| tick.label)
            .collect()
    }

    #[test]
    fn decades_are_written_as_people_write_them() {
        let log = |low, high| Scale::log([low, high], [0.0, 100.0]);
        assert_eq!(labels(log(0.05, 20.0), 9), ["0.1", "1", "10"]);
        assert_eq!(labels(log(500.0, 2e5), 9), ["1\u{a0}000", "10⁴", "10⁵"]);
        assert_eq!(labels(log(1e-6, 1e-4), 9), ["10⁻⁶", "10⁻⁵", "10⁻⁴"]);
        assert_eq!(labels(log(1e-6, 1e6), 4).len(), 4);
        assert_eq!(labels(log(8.0, 40.0), 9), ["10", "20", "30"]);
        assert_eq!(labels(log(2.1e4, 4.5e4), 9), ["30\u{a0}000", "40\u{a0}000"]);
        assert_eq!(labels(log(1.6, 6.0), 9), ["2", "3", "5"]);
    }

    #[test]
    fn round_values_are_not_above() {
        let below = [1.06, 0.49, 5.0, 70.0].map(round_below);
        for (found, right) in below.into_iter().zip([1.0, 0.2, 5.0, 50.0]) {
            assert!((found - right).abs() < 1e-12, "{found}");
        }
    }

    #[test]
    fn linear_ticks_are_round() {
        let linear = |low, high| Scale::linear([low, high], [0.0, 100.0]);
        assert_eq!(
            labels(linear(0.0, 100.0), 5),
            ["0", "20", "40", "60", "80", "100"]
        );
        assert_eq!(
            labels(linear(98.13, 98.9), 4),
            ["98.2", "98.4", "98.6", "98.8"]
        );
        assert_eq!(labels(linear(-1.0, 1.0), 2), ["−1", "0", "1"]);
        assert_eq!(labels(linear(5.0, 5.0), 2), ["4.5", "5.0", "5.5"]);
    }

    #[test]
    fn ends_are_at_the_ends() {
        let scale = Scale::log([1.0, 100.0], [10.0, 30.0]);
        let places = [1.0, 10.0, 100.0].map(|value| scale.place(value));
        assert_eq!(places, [10.0, 20.0, 30.0]);
        let counted = Scale::linear([1.0, 2.0], [0.0, 1.0]).whole().ticks(8);
        let counted: Vec<f64> = counted.iter().map(|tick| tick.value).collect();
        assert_eq!(counted, [1.0, 2.0]);
        assert_eq!(ends([3.0, f64::NAN, 1.0], [0.0; 2]), [1.0, 3.0]);
        assert_eq!(ends([], [0.0, 1.0]), [0.0, 1.0]);
    }
}
