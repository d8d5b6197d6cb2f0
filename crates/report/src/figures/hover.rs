//! Values that appear over the points of an SVG, without a script.

use std::fmt::Write;

/// A point in pixels, with what is to appear over it.
pub(super) struct Spot {
    pub(super) at: (i32, i32),
    pub(super) text: String,
}

/// Lays an invisible disc with a title over each point.
pub(super) fn with_spots(svg: &str, spots: &[Spot]) -> String {
    let mut layer = String::from("<g fill=\"transparent\">\n");
    for Spot { at: (x, y), text } in spots {
        let text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let _ = writeln!(
            layer,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"7\"><title>{text}</title></circle>"
        );
    }
    layer.push_str("</g>\n</svg>");
    svg.replace("</svg>", &layer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_escaped_and_inside() {
        let spot = Spot {
            at: (3, 4),
            text: "a<b & c".to_owned(),
        };
        let svg = with_spots("<svg>\n</svg>\n", &[spot]);
        assert!(
            svg.contains("cx=\"3\" cy=\"4\" r=\"7\"><title>a&lt;b &amp; c</title>"),
            "{svg}"
        );
        assert!(svg.ends_with("</g>\n</svg>\n"));
    }
}
