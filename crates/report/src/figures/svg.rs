//! Writes SVG.

use super::palette::{Paint, style};
use super::text::{width as text_width, wrap};
use crate::room::Room;
use records::disturbs;
use std::fmt::{Display, Write};

/// Size of all letters, in pixels, but for [`TITLE`] and [`SMALL`].
pub(super) const TEXT: f64 = 13.0;
/// Size of numbers that have no room in it.
pub(super) const SMALL: f64 = 12.0;
/// Size of the letters of titles.
pub(super) const TITLE: f64 = 16.0;
/// From one line of text to the next.
pub(super) const LINE: f64 = 18.0;

const FONT: &str = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";

/// Which end of a text is at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture that is being drawn. Places are [x, y] in pixels from the upper left corner.
pub(super) struct Svg {
    body: String,
    width: f64,
    label: String,
}

/// A coordinate with one decimal at most.
struct Px(f64);

impl Display for Px {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rounded = (self.0 * 10.0).round() / 10.0;
        // No −0.
        write!(f, "{}", rounded + 0.0)
    }
}

impl Svg {
    /// With a title that says what is seen, and a line that says what is drawn; and the height that
    /// these take.
    pub(super) fn new(room: Room, title: &str, said: &str) -> (Self, f64) {
        let mut svg = Self {
            body: String::new(),
            width: room.width(),
            label: title.to_owned(),
        };
        let mut y = 6.0;
        for line in wrap(title, TITLE * 1.06, svg.width - 16.0) {
            y += 21.0;
            let style = format!(
                "{} font-size=\"{TITLE}\" font-weight=\"600\"",
                Paint::Ink.fill()
            );
            svg.put_text([8.0, y], Anchor::Start, &line, &style);
        }
        for line in wrap(said, TEXT, svg.width - 16.0) {
            y += LINE;
            svg.text([8.0, y], Anchor::Start, &line, Paint::Soft);
        }
        (svg, y + 14.0)
    }

    /// A picture of this width alone, for a line of text.
    pub(super) fn bare(width: f64) -> Self {
        Self {
            body: String::new(),
            width,
            label: String::new(),
        }
    }

    /// What was drawn, without the file around it.
    pub(super) fn body(&self) -> &str {
        self.body.trim_end()
    }

    /// The file.
    pub(super) fn finish(self, height: f64) -> String {
        let (width, height) = (Px(self.width), Px(height.ceil()));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"group\" aria-label=\"{}\" \
             font-family=\"{FONT}\" font-size=\"{TEXT}\">\n{}\n\
             <rect width=\"{width}\" height=\"{height}\" {}/>\n{}</svg>\n",
            escape(&self.label),
            style(),
            Paint::Card.fill(),
            self.body,
        )
    }

    /// Pixels across.
    pub(super) fn width(&self) -> f64 {
        self.width
    }

    /// What `draw` draws belongs to a model: pages highlight and hide it.
    pub(super) fn of_model(&mut self, id: &str, draw: impl FnOnce(&mut Self)) {
        let _ = writeln!(self.body, "<g data-model=\"{}\">", escape(id));
        draw(self);
        self.body.push_str("</g>\n");
    }

    /// What `draw` draws belongs to two models.
    pub(super) fn of_pair(&mut self, ids: [&str; 2], draw: impl FnOnce(&mut Self)) {
        let [id, against] = ids.map(escape);
        let _ = writeln!(
            self.body,
            "<g data-model=\"{id}\" data-against=\"{against}\">"
        );
        draw(self);
        self.body.push_str("</g>\n");
    }

    pub(super) fn line(&mut self, from: [f64; 2], to: [f64; 2], paint: Paint, width: f64) {
        let [x1, y1, x2, y2] = [from[0], from[1], to[0], to[1]].map(Px);
        let stroke = paint.stroke(width);
        let _ = writeln!(
            self.body,
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {stroke}/>"
        );
    }

    /// A bar of an interval: paler than what it is around, so that many of them do not hide the points.
    pub(super) fn whisker(&mut self, [from, to]: [[f64; 2]; 2], paint: Paint) {
        let [x1, y1, x2, y2] = [from[0], from[1], to[0], to[1]].map(Px);
        let stroke = paint.stroke(1.5);
        let _ = writeln!(
            self.body,
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {stroke} stroke-opacity=\"0.45\"/>"
        );
    }

    /// A line through points; dashes in pixels, empty for none.
    pub(super) fn path(&mut self, points: &[[f64; 2]], paint: Paint, width: f64, dashes: &str) {
        let dashes = match dashes {
            "" => String::new(),
            dashes => format!(" stroke-dasharray=\"{dashes}\""),
        };
        let (points, stroke) = (listed(points), paint.stroke(width));
        let _ = writeln!(
            self.body,
            "<polyline points=\"{points}\" {stroke}{dashes} stroke-linejoin=\"round\"/>"
        );
    }

    /// A surface that lets through what is below it.
    pub(super) fn area(&mut self, corners: &[[f64; 2]], paint: Paint, opacity: f64) {
        let (points, fill) = (listed(corners), paint.fill());
        let _ = writeln!(
            self.body,
            "<polygon points=\"{points}\" {fill} fill-opacity=\"{opacity}\"/>"
        );
    }

    /// The same, that is not seen but where a page shows it: while a reader points at its model.
    pub(super) fn area_of_pointer(&mut self, corners: &[[f64; 2]], paint: Paint, opacity: f64) {
        self.body.push_str("<g class=\"pointed\" opacity=\"0\">");
        self.area(corners, paint, opacity);
        self.body.push_str("</g>\n");
    }

    /// A rectangle from its upper left corner, with further attributes and what appears over it.
    pub(super) fn cell(&mut self, at: [f64; 2], size: [f64; 2], look: &str, title: &str) {
        let [x, y, width, height] = [at[0], at[1], size[0], size[1]].map(Px);
        let title = escape(title);
        let _ = writeln!(
            self.body,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {look}><title>{title}</title></rect>"
        );
    }

    /// A line of text by its baseline.
    pub(super) fn text(&mut self, at: [f64; 2], anchor: Anchor, text: &str, paint: Paint) {
        self.put_text(at, anchor, text, &paint.fill());
    }

    /// The same in small letters.
    pub(super) fn small(&mut self, at: [f64; 2], anchor: Anchor, text: &str, paint: Paint) {
        self.put_text(
            at,
            anchor,
            text,
            &format!("{} font-size=\"{SMALL}\"", paint.fill()),
        );
    }

    /// Lines of text with their middle at a height.
    pub(super) fn lines(&mut self, at: [f64; 2], lines: &[String]) {
        self.lines_from(at, Anchor::Start, lines);
    }

    /// The same with any end of the lines at `x`.
    pub(super) fn lines_from(&mut self, [x, middle]: [f64; 2], anchor: Anchor, lines: &[String]) {
        let first = middle - (lines.len() as f64 - 1.0) * LINE / 2.0 + 4.5;
        for (i, line) in lines.iter().enumerate() {
            self.text([x, first + LINE * i as f64], anchor, line, Paint::Ink);
        }
    }

    /// A line of text with a rim of the ground's colour, so that no line strikes it through.
    pub(super) fn text_over(&mut self, at: [f64; 2], anchor: Anchor, text: &str, paint: Paint) {
        self.put_text(at, anchor, text, &paint.fill_with_rim(4.0));
    }

    fn put_text(&mut self, [x, y]: [f64; 2], anchor: Anchor, text: &str, look: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let (x, y, text) = (Px(x), Px(y), escape(text));
        let _ = writeln!(
            self.body,
            "<text x=\"{x}\" y=\"{y}\"{anchor} {look}>{text}</text>"
        );
    }

    /// A text that is read from the bottom up, and begins at a place.
    pub(super) fn upright(&mut self, [x, y]: [f64; 2], text: &str, paint: Paint) {
        let (x, y, text, fill) = (Px(x), Px(y), escape(text), paint.fill());
        let _ = writeln!(
            self.body,
            "<text transform=\"translate({x} {y}) rotate(-90)\" {fill}>{text}</text>"
        );
    }

    /// Lines that are read from the bottom up, beside each other around `x`.
    pub(super) fn upright_lines(&mut self, [x, y]: [f64; 2], lines: &[String]) {
        let first = x - (lines.len() as f64 - 1.0) * LINE / 2.0 + 4.5;
        for (i, line) in lines.iter().enumerate() {
            self.upright([first + LINE * i as f64, y], line, Paint::Ink);
        }
    }

    /// An invisible disc over a point, with what appears there.
    pub(super) fn spot(&mut self, [x, y]: [f64; 2], title: &str) {
        let (x, y, title) = (Px(x), Px(y), escape(title));
        let _ = writeln!(
            self.body,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"9\" fill=\"transparent\"><title>{title}</title></circle>"
        );
    }

    /// A disc with these attributes.
    pub(super) fn disc(&mut self, [x, y]: [f64; 2], radius: f64, look: &str) {
        let (x, y, radius) = (Px(x), Px(y), Px(radius));
        let _ = writeln!(
            self.body,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" {look}/>"
        );
    }

    /// A closed outline around a place, with these attributes.
    pub(super) fn polygon(&mut self, [x, y]: [f64; 2], outline: &[[f64; 2]], look: &str) {
        let points: Vec<[f64; 2]> = outline.iter().map(|[dx, dy]| [x + dx, y + dy]).collect();
        let points = listed(&points);
        let _ = writeln!(self.body, "<polygon points=\"{points}\" {look}/>");
    }
}

fn listed(points: &[[f64; 2]]) -> String {
    let point = |[x, y]: &[f64; 2]| format!("{},{}", Px(*x), Px(*y));
    points.iter().map(point).collect::<Vec<_>>().join(" ")
}

/// The widest of some lines of text.
pub(super) fn widest<'a>(lines: impl IntoIterator<Item = &'a str>) -> f64 {
    let widths = lines.into_iter().map(|line| text_width(line, TEXT));
    widths.fold(0.0, f64::max)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace(disturbs, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_quotes_is_escaped_and_numbers_are_short() {
        let (mut svg, y) = Svg::new(Room::Narrow, "a < \"b\"", "of & c");
        svg.of_model("x\"<y>", |svg| svg.spot([1.0 / 3.0, -0.01], "<t>"));
        let text = svg.finish(y);
        for part in [
            "aria-label=\"a &lt; &quot;b&quot;\"",
            "data-model=\"x&quot;&lt;y&gt;\"",
            "cx=\"0.3\" cy=\"0\" r=\"9\" fill=\"transparent\"><title>&lt;t&gt;</title>",
            "of &amp; c</text>",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
