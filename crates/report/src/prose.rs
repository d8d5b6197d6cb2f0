//! What a plan's author writes in Markdown: set, but without anything that runs or loads.

use pulldown_cmark::html::push_html;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// As HTML. HTML in it is text; pictures are their descriptions; links lead to the web, to mail or
/// to a place beside the page.
pub(crate) fn html(markdown: &str) -> String {
    // Whether each link that is open leads somewhere.
    let mut links = Vec::new();
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES);
    let events = events.filter_map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Some(Event::Text(html)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { ref dest_url, .. }) => {
            let kept = is_harmless(dest_url);
            links.push(kept);
            kept.then_some(event)
        }
        Event::End(TagEnd::Link) => links.pop().unwrap_or(false).then_some(event),
        event => Some(event),
    });
    let mut html = String::new();
    push_html(&mut html, events);
    html
}

/// As Markdown in which HTML, and links that are not harmless, are text.
pub(crate) fn markdown(markdown: &str) -> String {
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter();
    let mut escapes: Vec<(usize, &str)> = parser
        .flat_map(|(event, range)| match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                let tags = markdown[range.clone()].match_indices('<');
                tags.map(|(at, _)| (range.start + at, "&lt;")).collect()
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })
                if !is_harmless(&dest_url) =>
            {
                match markdown[range.clone()].chars().next() {
                    Some('<') => vec![(range.start, "&lt;")],
                    Some('!') => vec![(range.start, "\\!"), (range.start + 1, "\\[")],
                    _ => vec![(range.start, "\\[")],
                }
            }
            _ => Vec::new(),
        })
        .collect();
    escapes.sort_unstable();
    escapes.dedup();
    let mut safe = String::with_capacity(markdown.len());
    let mut done = 0;
    for (at, by) in escapes {
        safe.push_str(&markdown[done..at]);
        safe.push_str(by);
        done = at + 1;
    }
    safe + &markdown[done..]
}

/// Whether an address runs nothing: it names the web, mail, or a place beside the page.
fn is_harmless(address: &str) -> bool {
    let read: String = address
        .chars()
        .filter(|c| !c.is_control() && *c != ' ')
        .collect();
    match read.split_once(':') {
        None => true,
        // A colon in a path is no scheme.
        Some((before, _)) if before.contains(['/', '#', '?']) => true,
        Some((scheme, _)) => ["http", "https", "mailto"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_set_and_runs_nothing() {
        let html = html(
            "It is **better**:\n\n- by a point\n\n<script>alert(1)</script>\n\n\
             [a](javascript:alert(1)) [b](JAVA&#9;SCRIPT:x) <javascript:x> [c](data:text/html,x) \
             [d](https://example.org) [e](../else.md) ![f](https://example.org/f.png)",
        );
        assert!(html.contains("<strong>better</strong>"), "{html}");
        assert!(html.contains("<li>by a point</li>"), "{html}");
        assert!(
            !html.contains("<script>") && !html.contains("<img"),
            "{html}"
        );
        let links: Vec<&str> = html.split("href=").skip(1).collect();
        assert_eq!(links.len(), 2, "{html}");
        assert!(links[0].starts_with("\"https://example.org\""), "{html}");
        for left in ["a", "c", "d", "e", "f"] {
            assert!(html.contains(left), "{left}: {html}");
        }
    }

    #[test]
    fn html_and_links_that_run_are_text_in_markdown() {
        let written = "# Why\n\n<b onclick=x>bold</b> `<i>` [a](javascript:x) ![b](data:x) \
                       [c](https://example.org)\n\n<script>\nalert(1)\n</script>\n";
        let safe = markdown(written);
        assert!(
            safe.starts_with("# Why\n\n&lt;b onclick=x>bold&lt;/b> `<i>`"),
            "{safe}"
        );
        assert!(
            safe.contains("\\[a](javascript:x) \\!\\[b](data:x) [c](https:"),
            "{safe}"
        );
        assert!(
            safe.contains("&lt;script>\nalert(1)\n&lt;/script>"),
            "{safe}"
        );
        // Set again, there is no HTML left, and one link.
        let parsed: Vec<Event> = Parser::new(&safe).collect();
        let is_html = |event: &Event| matches!(event, Event::Html(_) | Event::InlineHtml(_));
        assert!(!parsed.iter().any(is_html), "{parsed:?}");
        let is_link = |event: &&Event| matches!(event, Event::Start(Tag::Link { .. }));
        assert_eq!(parsed.iter().filter(is_link).count(), 1, "{parsed:?}");
        let harmless = "A *b* [c](d.md): e < f.\n";
        assert_eq!(markdown(harmless), harmless);
    }
}
