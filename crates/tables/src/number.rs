//! Numbers, for people.

/// Six digits of a number, without zeros at their end, or all of a whole number: `0.126`, `18628.2`, `20240101`,
/// `1e300`.
pub fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return format!("{}", value + 0.0);
    }
    let rounded = format!("{value:.5e}").parse().unwrap_or(value);
    match rounded.abs() {
        0.0 => "0".to_owned(),
        1e-4..1e7 => format!("{rounded}"),
        _ => format!("{rounded:e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_are_enough() {
        let said = [
            0.0,
            -0.0,
            1.0,
            0.126,
            18_628.166_67,
            4_294_967_295.0,
            1e300,
            -2.5e-7,
        ];
        let said = said.map(number);
        assert_eq!(
            said,
            [
                "0",
                "0",
                "1",
                "0.126",
                "18628.2",
                "4294967295",
                "1e300",
                "-2.5e-7"
            ]
        );
        assert_eq!(number(f64::INFINITY), "inf");
    }
}
