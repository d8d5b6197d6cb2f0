//! Every rate in one picture: a row for each test or interval, a point for each place.

use std::fmt::Write;

/// A simulated rate that should be at a level.
pub(crate) struct Point {
    pub(crate) what: String,
    pub(crate) place: String,
    pub(crate) rate: f64,
    /// 0.05 of tests, 0.95 of intervals.
    pub(crate) aim: f64,
    /// Whether more is claimed than holds.
    pub(crate) claims_more: bool,
}

const ROW: f64 = 18.0;
const LEFT: f64 = 300.0;
const PANEL: f64 = 400.0;
/// Grey, blue and red that are seen on white and on black.
const COLOURS: [&str; 3] = ["#76808b", "#2a78d6", "#d64545"];

/// A panel: its title, what its points should be, and the ends of its scale.
const PANELS: [(&str, f64, [f64; 2]); 2] = [
    ("false differences of tests (0.05)", 0.05, [0.0, 0.12]),
    ("truths in intervals (0.95)", 0.95, [0.88, 1.0]),
];

/// The picture as SVG.
pub(crate) fn svg(points: &[Point]) -> String {
    let mut body = String::new();
    let mut top = 10.0;
    for (title, aim, ends) in PANELS {
        panel(
            &mut body,
            points.iter().filter(|of| of.aim == aim),
            title,
            ends,
            aim,
            &mut top,
        );
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {top}\" font-family=\"sans-serif\" font-size=\"12\" \
         role=\"img\" aria-label=\"Simulated rates of tests and intervals\">\n{body}</svg>\n",
        LEFT + PANEL + 30.0
    )
}

fn panel<'a>(
    body: &mut String,
    points: impl Iterator<Item = &'a Point>,
    title: &str,
    [low, high]: [f64; 2],
    aim: f64,
    top: &mut f64,
) {
    let points: Vec<&Point> = points.collect();
    let mut rows: Vec<&str> = Vec::new();
    for point in &points {
        if !rows.contains(&point.what.as_str()) {
            rows.push(&point.what);
        }
    }
    let [grey, blue, red] = COLOURS;
    let x = |rate: f64| LEFT + PANEL * (rate.clamp(low, high) - low) / (high - low);
    let height = ROW * rows.len() as f64;
    let first = *top + 26.0;
    let mut add = |text: String| writeln!(body, "{text}").expect("a string takes all");
    add(format!(
        "<text x=\"{LEFT}\" y=\"{}\" fill=\"{grey}\">{title}</text>",
        *top + 14.0
    ));
    let band = [x(aim - 0.01), x(aim + 0.01)];
    add(format!(
        "<rect x=\"{:.1}\" y=\"{first}\" width=\"{:.1}\" height=\"{height}\" fill=\"{grey}\" fill-opacity=\"0.25\"/>",
        band[0],
        band[1] - band[0]
    ));
    for (row, what) in rows.iter().enumerate() {
        let middle = first + ROW * (row as f64 + 0.5);
        add(format!(
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"{grey}\">{}</text>",
            LEFT - 10.0,
            middle + 4.0,
            escaped(what)
        ));
        for point in points.iter().filter(|of| of.what == **what) {
            let colour = if point.claims_more { red } else { blue };
            add(format!(
                "<circle cx=\"{:.1}\" cy=\"{middle:.1}\" r=\"3.5\" fill=\"{colour}\" fill-opacity=\"0.6\"><title>{}: {:.3}</title></circle>",
                x(point.rate),
                escaped(&point.place),
                point.rate
            ));
        }
    }
    let bottom = first + height + 14.0;
    for step in 0..=6 {
        let rate = low + (high - low) * f64::from(step) / 6.0;
        add(format!(
            "<text x=\"{:.1}\" y=\"{bottom}\" text-anchor=\"middle\" fill=\"{grey}\">{rate:.2}</text>",
            x(rate)
        ));
    }
    *top = bottom + 16.0;
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
