//! What a line of an HTML page does not break: "p = 0.034", "0.30 points", "epochs = 20", names with hyphens.
//! In Markdown, which a code host lays out, all of this stays plain text.

use crate::plain::harmless;
use minijinja::HtmlEscape;
use std::fmt::Write;

/// Longer names may break at their hyphens, or they would be wider than a phone.
const LONGEST_NAME: usize = 24;
/// What follows a number and belongs to it.
const UNITS: [&str; 10] = [
    "%", "points", "point", "times", "s", "ms", "µs", "ns", "MB", "GB",
];

/// A sentence as HTML.
pub(crate) fn whole(text: &str) -> String {
    let text = harmless(text);
    let words: Vec<&str> = text.split(' ').collect();
    let mut html = String::with_capacity(text.len());
    for (i, word) in words.iter().enumerate() {
        if i > 0 {
            html.push(if belong(words[i - 1], word) {
                '\u{a0}'
            } else {
                ' '
            });
        }
        let escaped = HtmlEscape(word);
        let _ = if is_name(word) {
            write!(html, "<span class=\"whole\">{escaped}</span>")
        } else {
            write!(html, "{escaped}")
        };
    }
    html
}

/// Whether the second of two words may not begin a line.
fn belong(word: &str, next: &str) -> bool {
    let is_sign = |word: &str| matches!(word, "=" | "<" | ">" | "≈");
    let bare = next.trim_end_matches(|c: char| ",;.:)".contains(c));
    let is_short = |word: &str| word.chars().count() <= LONGEST_NAME;
    let is_number = word.ends_with(|c: char| c.is_ascii_digit());
    (is_sign(word) || is_sign(next)) && is_short(word) && is_short(next)
        || is_number && UNITS.contains(&bare)
}

/// A word with a hyphen inside.
fn is_name(word: &str) -> bool {
    let inside = word.trim_matches(|c: char| !c.is_alphanumeric());
    inside.contains('-') && word.chars().count() <= LONGEST_NAME
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn numbers_stay_with_what_they_are_of() {
        for (text, html) in [
            ("p = 1.000; both", "p\u{a0}=\u{a0}1.000; both"),
            ("(p < 10⁻⁴).", "(p\u{a0}&lt;\u{a0}10⁻⁴)."),
            (
                "is 0.30 points behind, 98.56 % right",
                "is 0.30\u{a0}points behind, 98.56\u{a0}% right",
            ),
            ("(87 times less)", "(87\u{a0}times less)"),
            (
                "c = 5.0, gamma = 0.02",
                "c\u{a0}=\u{a0}5.0, gamma\u{a0}=\u{a0}0.02",
            ),
            ("of points and times", "of points and times"),
        ] {
            assert_eq!(whole(text), html);
        }
    }

    #[test]
    fn names_stay_whole_unless_they_are_long() {
        assert_eq!(
            whole("kernel-svm, - <b>"),
            "<span class=\"whole\">kernel-svm,</span> - &lt;b&gt;"
        );
        let long = "a-model-with-a-very-long-name";
        assert_eq!(whole(long), long);
        let path = format!("file = {}", "x".repeat(40));
        assert!(whole(&path).ends_with(&format!(" {}", "x".repeat(40))));
    }
}
