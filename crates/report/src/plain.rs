//! Text for a terminal: nothing in it commands the terminal but our own colours, and lines end at its width.

use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

const ESCAPE: char = '\u{1b}';

/// The text without what commands a terminal: records are shared, and programs of others write what they like. Line
/// breaks, tabs and colours (`ESC [ numbers m`) stay.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.chars().any(commands) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let colour = colour(rest);
        if colour > 0 || !commands(first) {
            let length = colour.max(first.len_utf8());
            kept.push_str(&rest[..length]);
            rest = &rest[length..];
        } else {
            rest = &rest[first.len_utf8()..];
        }
    }
    Cow::Owned(kept)
}

fn commands(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t')
}

/// The bytes of the colour that the text begins with; 0 where it begins with none.
fn colour(text: &str) -> usize {
    let Some(numbers) = text
        .strip_prefix(ESCAPE)
        .and_then(|rest| rest.strip_prefix('['))
    else {
        return 0;
    };
    let end = numbers.find(|c: char| !c.is_ascii_digit() && c != ';');
    match end {
        Some(end) if numbers[end..].starts_with('m') => 2 + end + 1,
        _ => 0,
    }
}

/// A paragraph in lines of at most `width` columns, broken between words; as it is where no width is known.
pub(crate) fn wrapped(paragraph: &str, width: Option<usize>) -> String {
    let Some(width) = width else {
        return paragraph.to_owned();
    };
    let mut text = String::new();
    let mut used = 0;
    for word in paragraph.split(' ') {
        let columns = word.width();
        if used > 0 && used + 1 + columns > width {
            text.push('\n');
            used = 0;
        } else if used > 0 {
            text.push(' ');
            used += 1;
        }
        text.push_str(word);
        used += columns;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_reach_the_terminal() {
        assert_eq!(harmless("as it\n\twas ±"), "as it\n\twas ±");
        assert_eq!(
            harmless("\u{1b}[1;31mred\u{1b}[0m"),
            "\u{1b}[1;31mred\u{1b}[0m"
        );
        // The title of the window, the clipboard, the cursor, the whole screen, and C1's short form.
        for (text, left) in [
            ("a\u{1b}]0;title\u{7}b", "a]0;titleb"),
            ("\u{1b}]52;c;aGk=\u{7}", "]52;c;aGk="),
            ("\u{1b}[2J\u{1b}[H", "[2J[H"),
            ("over\rwritten\u{8}", "overwritten"),
            ("\u{9b}2J", "2J"),
            ("\u{1b}", ""),
            ("\u{1b}[31", "[31"),
        ] {
            assert_eq!(harmless(text), left);
        }
    }

    #[test]
    fn paragraphs_end_their_lines_between_words() {
        let text = "softmax is better than burn by 0.4 points";
        assert_eq!(wrapped(text, None), text);
        let lines = wrapped(text, Some(15));
        assert_eq!(lines, "softmax is\nbetter than\nburn by 0.4\npoints");
        assert_eq!(wrapped("unbreakable", Some(4)), "unbreakable");
    }
}
