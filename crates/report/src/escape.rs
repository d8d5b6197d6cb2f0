//! What comes from files and users, made harmless for the place where it stands in Markdown.

use records::one_line;

/// Text on its line and in its cell, that is shown as it is.
pub(crate) fn text(text: &str) -> String {
    let letters: Vec<char> = one_line(text).chars().collect();
    let at = |i: usize| letters.get(i).copied().unwrap_or(' ');
    let before = |i: usize| if i == 0 { ' ' } else { at(i - 1) };
    let mut escaped = String::with_capacity(text.len());
    for (i, &letter) in letters.iter().enumerate() {
        let next = at(i + 1);
        match letter {
            '\\' | '`' | '*' | '[' | '|' | '$' => escaped.extend(['\\', letter]),
            // Within a word it means nothing.
            '_' if before(i).is_alphanumeric() && next.is_alphanumeric() => escaped.push('_'),
            '_' => escaped.push_str("\\_"),
            '~' if next == '~' || before(i) == '~' => escaped.push_str("\\~"),
            '<' if next.is_ascii_alphabetic() || "/!?".contains(next) => escaped.push_str("&lt;"),
            '&' if next.is_ascii_alphanumeric() || next == '#' => escaped.push_str("&amp;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// What stands between two backticks in a cell.
pub(crate) fn code(text: &str) -> String {
    one_line(text).replace('`', "'").replace('|', "\\|")
}

/// A line between two fences of backticks.
pub(crate) fn fenced(text: &str) -> String {
    one_line(text).replace("```", "'''")
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulldown_cmark::{Options, Parser, html::push_html};

    fn html(markdown: &str) -> String {
        let mut html = String::new();
        push_html(&mut html, Parser::new_ext(markdown, Options::all()));
        html
    }

    #[test]
    fn text_is_shown_as_it_is() {
        for shown in [
            "a|b",
            "<b>bold</b>",
            "[click](javascript:alert(1))",
            "*not* **strong** __x__ ~~gone~~",
            "`code` and $math$",
            "AT&T &lt; & more",
            "a \\ b",
            "snake_case p < 0.05",
        ] {
            let page = format!("| x | y |\n|---|---|\n| {} | end |\n", text(shown));
            let html = html(&page);
            let cell = html.split("<td>").nth(1).unwrap();
            let cell = cell.split("</td>").next().unwrap();
            let plain = cell
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
            assert_eq!(plain, shown, "{page}");
            assert!(html.contains("<td>end</td>"), "{html}");
        }
        assert_eq!(text("two\r\n  lines\u{1b}[1m"), "two lines \\[1m");
        assert_eq!(text("p < 1e-5, burn_mlp"), "p < 1e-5, burn_mlp");
    }

    #[test]
    fn code_stays_code() {
        assert_eq!(code("a`b|c\nd"), "a'b\\|c d");
        assert_eq!(fenced("x\n```\n# y"), "x ''' # y");
    }
}
