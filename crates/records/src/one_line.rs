//! Text of others in a line of ours.

/// The most of a message that is shown at its beginning, and at its end, in characters.
const BEGINNING: usize = 700;
const END: usize = 300;

/// Whether a character is not seen itself but changes how what stands beside it is shown: control characters,
/// breaks of lines, and those that turn the direction of all that follows (Unicode Standard Annex 9; the marks of
/// direction, which names in Arabic and Hebrew need, turn nothing beside them).
pub fn disturbs(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Without line breaks, such as those of a panic's message or of a name in a damaged file, and without what else
/// [`disturbs`].
pub fn one_line(text: &str) -> String {
    if !text.contains(['\n', '\r']) {
        return text.replace(disturbs, " ");
    }
    let lines = text.split(['\n', '\r']).map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    lines.join(" ").replace(disturbs, " ")
}

/// The same of a message, without its middle where it is longer than anybody reads: it may quote what a file holds.
pub fn one_message(text: &str) -> String {
    let line = one_line(text);
    let length = line.chars().count();
    if length <= BEGINNING + END {
        return line;
    }
    let mut shown: String = line.chars().take(BEGINNING).collect();
    shown.push_str(" … ");
    shown.extend(line.chars().skip(length - END));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_and_shows_what_is_in_it() {
        assert_eq!(one_line("a\r\n b\tc"), "a b c");
        assert_eq!(one_line("a\u{202e}cba\u{2066}\u{2028}\u{1b}"), "a cba   ");
        let name = "שלום\u{200f} (1)";
        assert_eq!(one_line(name), name);
    }

    #[test]
    fn the_ends_of_a_long_message_are_shown() {
        let message = format!("x.json: {}: expected a number", "é".repeat(5_000));
        let shown = one_message(&message);
        assert_eq!(shown.chars().count(), BEGINNING + 3 + END);
        assert!(shown.starts_with("x.json: é") && shown.ends_with("é: expected a number"));
        assert_eq!(one_message("as\nit is"), "as it is");
    }
}
