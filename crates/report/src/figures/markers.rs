//! The markers of models.

use super::palette::{Look, Paint, Shape};
use super::svg::Svg;

impl Svg {
    /// The marker of a model with this look.
    pub(super) fn marker(&mut self, [x, y]: [f64; 2], look: Look) {
        let paint = Paint::Model(look);
        let outline = match look.shape() {
            Shape::Disc => return self.disc([x, y], 4.5, &paint.fill()),
            Shape::Ring => return self.disc([x, y], 4.0, &hollow(paint)),
            Shape::Square => [[-4.0, -4.0], [4.0, -4.0], [4.0, 4.0], [-4.0, 4.0]].to_vec(),
            Shape::Frame => return self.polygon([x, y], &square(3.7), &hollow(paint)),
            Shape::Triangle => vec![[0.0, -5.5], [5.2, 4.0], [-5.2, 4.0]],
            Shape::Inverted => vec![[0.0, 5.5], [5.2, -4.0], [-5.2, -4.0]],
            Shape::Diamond => vec![[0.0, -6.0], [5.2, 0.0], [0.0, 6.0], [-5.2, 0.0]],
            Shape::Plus => plus(),
            Shape::Cross => turned(&plus()),
            Shape::Star => star(),
        };
        self.polygon([x, y], &outline, &paint.fill());
    }
}

/// The same for a line of text.
pub(crate) fn marker(look: Look) -> String {
    let mut svg = Svg::bare(14.0);
    svg.marker([7.0, 7.0], look);
    format!(
        "<svg class=\"marker\" width=\"14\" height=\"14\" aria-hidden=\"true\">{}</svg>",
        svg.body()
    )
}

fn hollow(paint: Paint) -> String {
    paint.stroke(2.0)
}

fn square(half: f64) -> [[f64; 2]; 4] {
    [[-half, -half], [half, -half], [half, half], [-half, half]]
}

fn plus() -> Vec<[f64; 2]> {
    const ARM: f64 = 1.7;
    const END: f64 = 5.6;
    vec![
        [-ARM, -END],
        [ARM, -END],
        [ARM, -ARM],
        [END, -ARM],
        [END, ARM],
        [ARM, ARM],
        [ARM, END],
        [-ARM, END],
        [-ARM, ARM],
        [-END, ARM],
        [-END, -ARM],
        [-ARM, -ARM],
    ]
}

/// By an eighth of a circle.
fn turned(outline: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let s = std::f64::consts::FRAC_1_SQRT_2;
    let turn = |[x, y]: &[f64; 2]| [(x - y) * s, (x + y) * s];
    outline.iter().map(turn).collect()
}

fn star() -> Vec<[f64; 2]> {
    let corner = |i: i32| {
        let angle = f64::from(i) * std::f64::consts::PI / 5.0 - std::f64::consts::FRAC_PI_2;
        let radius = if i % 2 == 0 { 6.4 } else { 2.8 };
        [radius * angle.cos(), radius * angle.sin()]
    };
    (0..10).map(corner).collect()
}
