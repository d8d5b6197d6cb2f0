//! Numbers as people read them.

use analysis::SIGNIFICANCE;
use records::grouped;
pub use records::thousands;
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// `0.9224` as `92.24 %`.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// A share in hundredths: `0.9856` as `98.56`.
pub(crate) fn hundredths(share: f64) -> String {
    format!("{:.2}", share * 100.0)
}

/// A difference of `0.0035` as `0.35` points. One that two decimals would make a 0 has two digits.
pub(crate) fn points(share: f64) -> String {
    /// Below, it is an error of rounding.
    const LEAST: f64 = 5e-7;
    let points = share * 100.0;
    let decimals = match points.abs() {
        LEAST..0.005 => 1 - points.abs().log10().floor() as i32,
        _ => 2,
    };
    signed(points, decimals as usize)
}

/// So many decimals, with a true minus sign, which 0 does not have.
pub(crate) fn signed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(zero) if zero.chars().all(|c| c == '0' || c == '.') => zero.to_owned(),
        Some(positive) => format!("−{}", grouped(positive)),
        None => grouped(&text),
    }
}

/// `204000000` with two decimals as `2.04·10⁸`.
pub(crate) fn scientific(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$e}").replacen('-', "−", usize::from(value < 0.0));
    let parts = text.split_once('e');
    let of = |(digits, exponent): (&str, &str)| Some((digits.to_owned(), exponent.parse().ok()?));
    parts
        .and_then(of)
        .map_or(text.clone(), |(digits, exponent)| {
            format!("{digits}·10{}", raised(exponent))
        })
}

/// A power of ten: 0.001, 0.01, 0.1, 1, 10, 100, 1 000, 10⁴.
pub(crate) fn power_of_ten(exponent: i32) -> String {
    match exponent {
        -3..4 => signed(10_f64.powi(exponent), (-exponent).max(0) as usize),
        _ => format!("10{}", raised(exponent)),
    }
}

/// An exponent in small digits.
fn raised(exponent: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = exponent.to_string();
    let small = |c: char| c.to_digit(10).map_or('⁻', |digit| DIGITS[digit as usize]);
    digits.chars().map(small).collect()
}

/// Four decimals, one of what is large; three digits of what is huge, and the word for what has no digits.
pub(crate) fn four(value: f64) -> String {
    /// From here on four decimals are more than a column has room for.
    const LARGE: f64 = 1e3;
    /// From here on decimals say nothing.
    const HUGE: f64 = 1e5;
    if value.is_infinite() {
        return "infinite".to_owned();
    }
    if value.abs() >= HUGE {
        return scientific(value, 2);
    }
    signed(value, if value.abs() < LARGE { 4 } else { 1 })
}

/// Three significant digits, without exponent.
pub(crate) fn significant(value: f64) -> String {
    if value <= 0.0 {
        return "0".to_owned();
    }
    let decimals = (2 - value.log10().floor() as i32).clamp(0, 6) as usize;
    signed(value, decimals)
}

/// A cost in the unit that reads best, which stands apart: tables write units below each other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Amount {
    /// In the unit of all others of its kind, to sort by.
    pub(crate) value: f64,
    /// Three significant digits.
    pub(crate) number: String,
    pub(crate) unit: &'static str,
}

impl Amount {
    /// Of a time: "163 s", "2.45 ms", "12.5 µs", "670 ns".
    pub(crate) fn seconds(value: f64) -> Self {
        let units = [("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)];
        Self::new(value, &units)
    }

    /// Of memory: "11.2 MB", "2.41 GB".
    pub(crate) fn bytes(value: f64) -> Self {
        Self::new(value, &[("GB", 1e9), ("MB", 1e6)])
    }

    /// Units from the largest to the smallest, each with what it is worth.
    fn new(value: f64, units: &[(&'static str, f64)]) -> Self {
        /// Digits beyond say nothing, and are wider than a column.
        const HUGE: f64 = 1e6;
        // What three digits would round up to the next unit has that.
        let fits = |(_, worth): &&(_, f64)| value >= 0.999_5 * worth;
        let (unit, worth) = match units.iter().find(fits) {
            Some(unit) => *unit,
            None if value > 0.0 => units[units.len() - 1],
            None => units[0],
        };
        let number = match value / worth {
            huge if huge >= HUGE => scientific(huge, 1),
            number if number > 0.999 => significant(number.max(1.0)),
            small => significant(small),
        };
        Self {
            value,
            number,
            unit,
        }
    }

    /// For columns of letters of one width: the digits of "s" and of "ms" stand below each other.
    pub(crate) fn in_column(&self) -> String {
        format!("{} {:>2}", self.number, self.unit)
    }
}

/// On one line.
impl Display for Amount {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}\u{a0}{}", self.number, self.unit)
    }
}

/// Seconds in the unit that reads best, with three significant digits.
pub(crate) fn duration(seconds: f64) -> String {
    Amount::seconds(seconds).to_string()
}

/// "62.26 – 86.85": never on two lines.
pub fn range(low: &str, high: &str) -> String {
    // A line may break after a dash, whatever follows, but for a word joiner.
    format!("{low}\u{a0}–\u{2060}\u{a0}{high}")
}

/// Whole numbers in full, others with seven significant digits at most, small and huge ones with two.
pub(crate) fn exact(value: f64) -> String {
    if value == value.trunc() && value.abs() < 1e15 {
        let sign = if value < 0.0 { "−" } else { "" };
        return format!("{sign}{}", thousands(value.abs() as usize));
    }
    if !(1e-2..1e15).contains(&value.abs()) {
        return scientific(value, 1);
    }
    let decimals = (6 - value.abs().log10().floor() as i32).clamp(0, 9) as usize;
    let text = signed(value, decimals);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// `p = 0.034`, or `p < 10⁻¹²`.
pub(crate) fn probability(p: f64) -> String {
    let equals = if p >= 0.001 { "= " } else { "" };
    format!("p {equals}{}", p_value(p))
}

/// `0.034`, or `< 10⁻¹²` where the exact value means nothing to anybody.
pub(crate) fn p_value(p: f64) -> String {
    if p >= 0.001 {
        // On the side of the level where it is: 0.0496 is no 0.050.
        let is_said = |decimals: &usize| {
            let decimals = *decimals;
            let printed: f64 = format!("{p:.decimals$}").parse().unwrap_or(p);
            (printed < SIGNIFICANCE) == (p < SIGNIFICANCE)
        };
        let decimals = (3..17).find(is_said).unwrap_or(17);
        return format!("{p:.decimals$}");
    }
    // Smaller ones may be 0 only because there is no such number.
    let exponent = (p.log10().floor() as i32).saturating_add(1).max(-300);
    format!("< {}", power_of_ten(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_legible() {
        assert_eq!(significant(0.001_234_5), "0.00123");
        assert_eq!(significant(1.87), "1.87");
        assert_eq!(significant(131.7), "132");
        assert_eq!(significant(0.0), "0");
        let said = [
            163.2,
            1.0,
            0.999_6,
            0.002_45,
            0.000_999_6,
            1.25e-5,
            6.7e-10,
            0.0,
        ];
        let units = [
            "163 s", "1.00 s", "1.00 s", "2.45 ms", "1.00 ms", "12.5 µs", "0.670 ns", "0 s",
        ];
        assert_eq!(said.map(|s| duration(s).replace('\u{a0}', " ")), units);
        let columns = [2e7, 3.4e8, 2.406e9].map(|bytes| Amount::bytes(bytes).in_column());
        assert_eq!(columns, ["20.0 MB", "340 MB", "2.41 GB"]);
        assert_eq!(Amount::seconds(2.0).in_column(), "2.00  s");
        assert_eq!(duration(1e300), "1.0·10³⁰⁰\u{a0}s");
        assert_eq!(exact(-938.451_42), "−938.4514");
        assert_eq!(exact(12_341.0), "12\u{a0}341");
        assert_eq!(exact(0.000_993_7), "9.9·10⁻⁴");
        assert_eq!(exact(-1e308), "−1.0·10³⁰⁸");
        assert_eq!(exact(0.232_120_62), "0.2321206");
        assert_eq!(exact(0.02), "0.02");
        assert_eq!(percent(0.922_4), "92.24 %");
        assert_eq!(points(-0.0035), "−0.35");
        assert_eq!(points(-1e-9), "0.00");
        assert_eq!(points(-1.0 / 60_000.0), "−0.0017");
        assert_eq!(points(0.00005), "0.01");
        assert_eq!(signed(-0.00004, 4), "0.0000");
        assert_eq!(four(f64::INFINITY), "infinite");
        assert_eq!(four(-0.5), "−0.5000");
        assert_eq!(four(2.04e8), "2.04·10⁸");
        assert_eq!(four(1234.5), "1\u{a0}234.5");
        assert_eq!(significant(275_000.0), "275\u{a0}000");
    }

    #[test]
    fn a_probability_is_below_what_is_printed() {
        for (p, printed) in [
            (1.0, "p = 1.000"),
            (0.0504, "p = 0.050"),
            (0.05, "p = 0.050"),
            (0.049_999_6, "p = 0.0499996"),
            (0.0496, "p = 0.0496"),
            (0.0494, "p = 0.049"),
            (0.001, "p = 0.001"),
            (9.9e-4, "p < 0.001"),
            (1e-5, "p < 10⁻⁴"),
            (1e-307, "p < 10⁻³⁰⁰"),
            (0.0, "p < 10⁻³⁰⁰"),
        ] {
            assert_eq!(probability(p), printed);
        }
        assert_eq!(
            (p_value(0.5), p_value(0.0)),
            ("0.500".to_owned(), "< 10⁻³⁰⁰".to_owned())
        );
    }
}
