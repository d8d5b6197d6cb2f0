//! Whole numbers as people read them.

/// `60000` as `60 000`, with a space that does not break.
pub fn thousands(number: usize) -> String {
    grouped(&number.to_string())
}

/// The digits before the point in groups of three.
pub fn grouped(number: &str) -> String {
    let whole = number.find('.').unwrap_or(number.len());
    let mut text = String::new();
    for (i, digit) in number[..whole].chars().enumerate() {
        if i > 0 && (whole - i).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text + &number[whole..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups_of_three() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(7850), "7\u{a0}850");
        assert_eq!(thousands(1_234_567), "1\u{a0}234\u{a0}567");
        assert_eq!(grouped("1234.5678"), "1\u{a0}234.5678");
    }
}
