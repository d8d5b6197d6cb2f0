//! Fills templates in. What they print is escaped for the file that they make.

use crate::escape;
use crate::plain::harmless;
use crate::room::picture;
use crate::whole::whole;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, Output, State, escape_formatter};
use serde::Serialize;

/// Fills a template in. Where the name ends in `.html`, text is escaped for HTML, and where it ends
/// in `.md`, for a line and a cell of Markdown; `safe` leaves it as it is. `code` is for what stands
/// between backticks, `fenced` for what stands between fences.
/// `picture` shows a figure in Markdown, and `whole` is for sentences in HTML.
pub(crate) fn fill(name: &str, template: &str, view: impl Serialize) -> Result<String, Error> {
    let mut templates = Environment::new();
    // Tags on lines of their own leave no blank lines in the page.
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()?;
    templates.set_syntax(syntax);
    templates.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "md")) => AutoEscape::Custom("Markdown".into()),
        _ => AutoEscape::Html,
    });
    templates.set_formatter(print);
    templates.add_filter("code", |text: &str| {
        Value::from_safe_string(escape::code(text))
    });
    templates.add_filter("fenced", |text: &str| {
        Value::from_safe_string(escape::fenced(text))
    });
    templates.add_filter("whole", |text: &str| Value::from_safe_string(whole(text)));
    templates.add_function("picture", |stem: &str, alt: &str| {
        Value::from_safe_string(picture(stem, alt))
    });
    templates.render_named_str(name, template, Value::from(Serde(view)))
}

/// A template in the words of other samples: templates speak of images. Names in it, such as
/// `train_images` and `learning-by-images.svg`, stay as they are.
pub(crate) fn in_words_of(template: &str, [one, several]: [&str; 2]) -> String {
    let is_of_name = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    let mut text = String::with_capacity(template.len());
    for part in template.split_inclusive(|c| !is_of_name(c)) {
        let end = part.trim_end_matches(|c| !is_of_name(c) || c == '.');
        let after = &part[end.len()..];
        let is_attribute = text.ends_with("=\"");
        match end {
            "image" if !is_attribute => text.push_str(one),
            "images" if !is_attribute => text.push_str(several),
            "Images" => {
                text.push_str(&several[..1].to_uppercase());
                text.push_str(&several[1..]);
            }
            other => text.push_str(other),
        }
        text.push_str(after);
    }
    text
}

fn print(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let is_markdown = matches!(state.auto_escape(), AutoEscape::Custom(_));
    match value.as_str() {
        Some(text) if is_markdown && !value.is_safe() => {
            out.write_str(&escape::text(text)).map_err(Error::from)
        }
        _ if is_markdown && matches!(value.kind(), ValueKind::Undefined | ValueKind::None) => {
            Ok(())
        }
        _ if is_markdown => write!(out, "{value}").map_err(Error::from),
        Some(text) if !value.is_safe() => {
            escape_formatter(out, state, &Value::from(harmless(text).as_ref()))
        }
        _ => escape_formatter(out, state, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_follow_the_samples_and_names_stay() {
        let template = "More images. {{ x.train_images }} <a id=\"images\">(by-images.svg)</a>: one image, [\"images\"]";
        assert_eq!(in_words_of(template, ["image", "images"]), template);
        assert_eq!(
            in_words_of(template, ["row", "rows"]),
            "More rows. {{ x.train_images }} <a id=\"images\">(by-images.svg)</a>: one row, [\"rows\"]"
        );
    }

    #[test]
    fn each_file_escapes_in_its_own_way() {
        let view = json!({ "x": "a|<b>", "n": 3, "turned": "a\u{202e}b" });
        let filled = |name| fill(name, "{{ x }} {{ n }} {{ x | safe }} {{ x | code }}", &view);
        assert_eq!(filled("page.md").unwrap(), "a\\|&lt;b> 3 a|<b> a\\|<b>");
        assert_eq!(filled("page.html").unwrap(), "a|&lt;b&gt; 3 a|<b> a\\|<b>");
        let turned = |name| fill(name, "{{ turned }}", &view).unwrap();
        assert_eq!(turned("page.md"), "a b");
        assert_eq!(turned("page.html"), "ab");
    }
}
