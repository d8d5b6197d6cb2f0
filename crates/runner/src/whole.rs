//! Whole numbers in a range, from text: what is out of it is told what would be right.

use std::str::FromStr;

/// Reads a whole number from `least` to `most`, which is `u64::MAX` where there is no such limit.
pub fn whole<N: FromStr>(
    least: u64,
    most: u64,
) -> impl Fn(&str) -> Result<N, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse::<u64>().ok();
        let is_inside = number.is_some_and(|number| (least..=most).contains(&number));
        let read = text.parse().ok().filter(|_| is_inside);
        read.ok_or_else(|| match most {
            u64::MAX => format!("expected a whole number of at least {least}"),
            _ => format!("expected a whole number from {least} to {most}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU16;

    #[test]
    fn what_is_out_of_the_range_is_told_what_would_be_right() {
        let some = whole::<NonZeroU16>(1, 65_535);
        assert_eq!(some("20").unwrap().get(), 20);
        for text in ["0", "65536", "-1", "x", "1.5", ""] {
            let expected = "expected a whole number from 1 to 65535";
            assert_eq!(some(text).unwrap_err(), expected, "{text}");
        }
        let open = whole::<u64>(1, u64::MAX);
        assert_eq!(open("18446744073709551615"), Ok(u64::MAX));
        assert_eq!(
            open("0").unwrap_err(),
            "expected a whole number of at least 1"
        );
    }
}
