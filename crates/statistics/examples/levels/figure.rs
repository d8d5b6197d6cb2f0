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

/// Where things stand in a picture, in pixels.
pub(crate) struct Room {
    width: f64,
    /// Where points begin. Names stand to the left of them, or above them.
    left: f64,
    row: f64,
}

/// A page on a desk, and a phone: the sizes of figures in reports.
pub(crate) const ROOMS: [Room; 2] = [
    Room {
        width: 860.0,
        left: 320.0,
        row: 20.0,
    },
    Room {
        width: 358.0,
        left: 16.0,
        row: 38.0,
    },
];

/// Room for half a number behind the last point.
const RIGHT: f64 = 20.0;
/// Colours of figures in reports, on white and on black.
const STYLE: &str = "<style>.ink{fill:#1f2328}.soft{fill:#59636e}.grid{fill:#dfe4ea}.card{fill:#fff}.hit{fill:#0072b2}\
                     .miss{fill:#d55e00}@media screen and (prefers-color-scheme:dark){.ink{fill:#e6edf3}.soft{fill:#9198a1}\
                     .grid{fill:#30363d}.card{fill:#0d1117}.hit{fill:#6bace3}.miss{fill:#e07e11}}</style>";

/// Rates of one kind.
struct Panel {
    title: &'static str,
    /// What its points should be.
    aim: f64,
    /// Of its scale.
    ends: [f64; 2],
}

const PANELS: [Panel; 2] = [
    Panel {
        title: "False differences: should be 0.05",
        aim: 0.05,
        ends: [0.0, 0.12],
    },
    Panel {
        title: "Truths in intervals: should be 0.95",
        aim: 0.95,
        ends: [0.88, 1.0],
    },
];

/// The picture as SVG.
pub(crate) fn svg(points: &[Point], room: &Room) -> String {
    let mut body = String::new();
    let mut top = 6.0;
    for panel in PANELS {
        let points: Vec<&Point> = points.iter().filter(|of| of.aim == panel.aim).collect();
        top = panel.draw(&mut body, &points, room, top);
    }
    let width = room.width;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{top}\" viewBox=\"0 0 {width} {top}\" \
         font-family=\"system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif\" font-size=\"13\" role=\"img\" \
         aria-label=\"Simulated rates of tests and intervals\">\n{STYLE}\n\
         <rect class=\"card\" width=\"{width}\" height=\"{top}\"/>\n{body}</svg>\n"
    )
}

impl Panel {
    /// Draws it from `top` on, and gives where the next begins.
    fn draw(&self, body: &mut String, points: &[&Point], room: &Room, top: f64) -> f64 {
        let &Self {
            title,
            aim,
            ends: [low, high],
        } = self;
        let mut rows: Vec<&str> = Vec::new();
        for point in points {
            if !rows.contains(&point.what.as_str()) {
                rows.push(&point.what);
            }
        }
        let across = room.width - RIGHT - room.left;
        let x = |rate: f64| room.left + across * (rate.clamp(low, high) - low) / (high - low);
        let height = room.row * rows.len() as f64;
        let first = top + 30.0;
        let mut add = |text: String| writeln!(body, "{text}").expect("a string takes all");
        add(format!(
            "<text class=\"ink\" x=\"8\" y=\"{}\" font-weight=\"600\">{title}</text>",
            top + 18.0
        ));
        let band = [x(aim - 0.01), x(aim + 0.01)];
        add(format!(
            "<rect class=\"grid\" x=\"{:.1}\" y=\"{first}\" width=\"{:.1}\" height=\"{height}\"/>",
            band[0],
            band[1] - band[0]
        ));
        for (row, what) in rows.iter().enumerate() {
            let end = first + room.row * (row as f64 + 1.0);
            let middle = end - 10.0;
            let (place, anchor, base) = if room.row > 30.0 {
                (8.0, "start", end - 22.0)
            } else {
                (room.left - 10.0, "end", middle + 4.5)
            };
            add(format!(
                "<text class=\"ink\" x=\"{place}\" y=\"{base:.1}\" text-anchor=\"{anchor}\">{}</text>",
                escaped(what)
            ));
            for point in points.iter().filter(|of| of.what == **what) {
                let class = if point.claims_more { "miss" } else { "hit" };
                add(format!(
                    "<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{middle:.1}\" r=\"4\" fill-opacity=\"0.6\"><title>{}: {:.3}</title></circle>",
                    x(point.rate),
                    escaped(&point.place),
                    point.rate
                ));
            }
        }
        let bottom = first + height + 16.0;
        for step in 0..=6 {
            let rate = low + (high - low) * f64::from(step) / 6.0;
            add(format!(
                "<text class=\"soft\" x=\"{:.1}\" y=\"{bottom}\" text-anchor=\"middle\">{rate:.2}</text>",
                x(rate)
            ));
        }
        bottom + 18.0
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
