//! Text for a terminal: nothing in it commands the terminal, and lines end at its width.

use records::disturbs;
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// The text without what commands a terminal or turns what follows: records are shared, and programs of others write
/// what they like. Line breaks and tabs stay.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if text.contains(commands) {
        Cow::Owned(text.replace(commands, ""))
    } else {
        Cow::Borrowed(text)
    }
}

fn commands(character: char) -> bool {
    disturbs(character) && !matches!(character, '\n' | '\t')
}

/// Every line that is wider than `width` columns in several, broken between words; as it is where no width is known.
pub fn in_lines(text: &str, width: Option<usize>) -> String {
    let fits = |line: &str| width.is_none_or(|width| line.width() <= width);
    let whole = |line: &str| {
        if fits(line) {
            line.to_owned()
        } else {
            wrapped(line, width)
        }
    };
    text.split('\n').map(whole).collect::<Vec<_>>().join("\n")
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
    fn nothing_commands_the_terminal() {
        assert_eq!(harmless("as it\n\twas ±"), "as it\n\twas ±");
        // Colours, the title of the window, the clipboard, the cursor, the whole screen, and C1's short form.
        for (text, left) in [
            ("\u{1b}[1;31mred\u{1b}[0m", "[1;31mred[0m"),
            ("a\u{1b}]0;title\u{7}b", "a]0;titleb"),
            ("\u{1b}]52;c;aGk=\u{7}", "]52;c;aGk="),
            ("\u{1b}[2J\u{1b}[H", "[2J[H"),
            ("over\rwritten\u{8}", "overwritten"),
            ("\u{9b}2J", "2J"),
            ("\u{202e}turned\u{2069}", "turned"),
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
        let table = "  a   table\nand a note below it";
        assert_eq!(
            in_lines(table, Some(11)),
            "  a   table\nand a note\nbelow it"
        );
        assert_eq!(in_lines(table, None), table);
    }
}
