//! Text of others in a line of ours.

/// Without line breaks, such as those of a panic's message or of a name in a damaged file, and without other
/// control characters.
pub fn one_line(text: &str) -> String {
    if !text.contains(['\n', '\r']) {
        return text.replace(char::is_control, " ");
    }
    let lines = text.split(['\n', '\r']).map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    lines.join(" ").replace(char::is_control, " ")
}
