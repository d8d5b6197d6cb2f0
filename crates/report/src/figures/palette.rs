//! Colours and markers, and their pairs: the looks of models.

/// What something is painted with. Each has a colour on light and one on dark ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    /// Text and what must be read.
    Ink,
    /// Text that is second, and axes.
    Soft,
    /// Grid lines.
    Grid,
    /// The ground.
    Card,
    /// What is right, in matrices.
    Hit,
    /// What is wrong.
    Miss,
    /// A model.
    Model(Look),
}

/// Name, colour on light, colour on dark.
type Named = (&'static str, &'static str, &'static str);

const INK: Named = ("ink", "#1f2328", "#e6edf3");
const SOFT: Named = ("soft", "#59636e", "#9198a1");
const GRID: Named = ("grid", "#dfe4ea", "#30363d");
const CARD: Named = ("card", "#ffffff", "#0d1117");
const HIT: Named = ("hit", "#0072b2", "#2f81c7");
const MISS: Named = ("miss", "#d55e00", "#c8671f");

/// Blue and vermilion of Okabe and Ito 2008, and seven that a search found farthest from these and from
/// each other, as eyes of all kinds see them (Machado, Oliveira and Fernandes 2009). Each is dark enough
/// on white and light enough on black to be seen (3 to 1). Markers tell apart what colours do not.
const MODELS: [Named; 9] = [
    ("m0", "#0072b2", "#6bace3"),
    ("m1", "#d55e00", "#e07e11"),
    ("m2", "#4347e0", "#8a7afb"),
    ("m3", "#734c0e", "#dcc84d"),
    ("m4", "#016c47", "#b3e9b9"),
    ("m5", "#963073", "#e593b0"),
    ("m6", "#9c78ff", "#e9ccff"),
    ("m7", "#799b62", "#559c6d"),
    ("m8", "#c46f98", "#eb3ea9"),
];

/// A colour and a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Look(usize);

impl Look {
    /// Different looks: the numbers of colours and of shapes have no common divisor.
    pub(super) const COUNT: usize = MODELS.len() * Shape::ALL.len();

    /// By its number, from 0; neighbours differ in colour and in marker.
    pub(super) fn new(number: usize) -> Self {
        Self(number % Self::COUNT)
    }

    fn colour(self) -> Named {
        MODELS[self.0 % MODELS.len()]
    }

    /// The variable of a style sheet that holds its colour.
    pub(crate) fn variable(self) -> String {
        format!("--{}", self.colour().0)
    }

    /// Its marker as a character.
    pub(crate) fn character(self) -> char {
        self.shape().character()
    }

    /// The number of its colour among the 256 of a terminal, whose ground nobody knows: half way between that on
    /// light and that on dark ground, in the cube of six shades of red, green and blue that begins at 16.
    pub(crate) fn colour_of_terminal(self) -> u8 {
        const SHADES: [u16; 6] = [0, 95, 135, 175, 215, 255];
        let (_, light, dark) = self.colour();
        let shade = |place: usize| -> u8 {
            let part = |colour: &str| u16::from_str_radix(&colour[place..place + 2], 16);
            let middle = part(light).unwrap_or(0).midpoint(part(dark).unwrap_or(0));
            let nearest = (0..6u8).min_by_key(|&i| SHADES[usize::from(i)].abs_diff(middle));
            nearest.unwrap_or(0)
        };
        16 + 36 * shade(1) + 6 * shade(3) + shade(5)
    }

    pub(super) fn has_colour_of(self, other: Self) -> bool {
        self.colour() == other.colour()
    }

    pub(super) fn shape(self) -> Shape {
        Shape::ALL[self.0 % Shape::ALL.len()]
    }
}

impl Paint {
    const ALL: [Named; 6] = [INK, SOFT, GRID, CARD, HIT, MISS];

    fn named(self) -> Named {
        match self {
            Self::Ink => INK,
            Self::Soft => SOFT,
            Self::Grid => GRID,
            Self::Card => CARD,
            Self::Hit => HIT,
            Self::Miss => MISS,
            Self::Model(look) => look.colour(),
        }
    }

    /// Attributes that fill with it: a colour for every program that reads SVG, and a class by which
    /// [`style`] repaints it.
    pub(super) fn fill(self) -> String {
        let (name, light, _) = self.named();
        format!("class=\"f-{name}\" fill=\"{light}\"")
    }

    /// The same, with a rim of the ground's colour `width` pixels wide.
    pub(super) fn fill_with_rim(self, width: f64) -> String {
        let (name, light, _) = self.named();
        let (card, ground, _) = CARD;
        format!(
            "class=\"f-{name} s-{card}\" fill=\"{light}\" stroke=\"{ground}\" \
             stroke-width=\"{width}\" stroke-linejoin=\"round\" paint-order=\"stroke\""
        )
    }

    /// Attributes of a line `width` pixels wide.
    pub(super) fn stroke(self, width: f64) -> String {
        let (name, light, _) = self.named();
        format!("class=\"s-{name}\" fill=\"none\" stroke=\"{light}\" stroke-width=\"{width}\"")
    }
}

/// The style element of a figure.
pub(crate) fn style() -> String {
    format!("<style>{}</style>", rules())
}

/// The colours on dark ground, where the reader prefers that; on paper they stay those on light
/// ground.
pub(crate) fn rules() -> String {
    let rule =
        |(name, _, dark): &Named| format!(".f-{name}{{fill:{dark}}}.s-{name}{{stroke:{dark}}}");
    let rules: String = Paint::ALL.iter().chain(&MODELS).map(rule).collect();
    format!("@media screen and (prefers-color-scheme:dark){{{rules}}}")
}

/// The colours of models as variables of a style sheet.
pub(crate) fn model_variables() -> String {
    let all = |colour: fn(&Named) -> &'static str| -> String {
        let variable = |named: &Named| format!("--{}:{};", named.0, colour(named));
        MODELS.iter().map(variable).collect()
    };
    let [light, dark] = [all(|named| named.1), all(|named| named.2)];
    format!(":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}")
}

/// The shape of a model's marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Disc,
    Square,
    Triangle,
    Diamond,
    Inverted,
    Plus,
    Star,
    Cross,
    Ring,
    Frame,
}

impl Shape {
    /// Looks of one colour have shapes that stand near each other here: those that are alike stand apart.
    const ALL: [Self; 10] = [
        Self::Disc,
        Self::Triangle,
        Self::Plus,
        Self::Square,
        Self::Ring,
        Self::Inverted,
        Self::Cross,
        Self::Frame,
        Self::Diamond,
        Self::Star,
    ];

    fn character(self) -> char {
        match self {
            Self::Disc => '●',
            Self::Square => '■',
            Self::Triangle => '▲',
            Self::Diamond => '◆',
            Self::Inverted => '▼',
            Self::Plus => '+',
            Self::Star => '★',
            Self::Cross => '×',
            Self::Ring => '○',
            Self::Frame => '□',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn looks_differ_in_a_terminal_too() {
        let looks = (0..Look::COUNT).map(Look::new);
        let shown: HashSet<(u8, char)> = looks
            .map(|look| (look.colour_of_terminal(), look.character()))
            .collect();
        assert_eq!(shown.len(), Look::COUNT);
        assert_eq!(Look::new(0).colour_of_terminal(), 16 + 36 + 6 * 2 + 4);
    }

    /// Shares of red, green and blue light.
    fn channels(colour: &str) -> [f64; 3] {
        [1, 3, 5].map(|at| {
            let channel = u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
            let c = f64::from(channel) / 255.0;
            if c <= 0.040_45 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    /// Relative luminance, WCAG 2.2.
    fn luminance(colour: &str) -> f64 {
        let [red, green, blue] = channels(colour);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn everything_is_seen_on_both_grounds() {
        for (name, light, dark) in MODELS {
            assert!(contrast(light, CARD.1) >= 3.0, "{name} on light");
            assert!(contrast(dark, CARD.2) >= 3.0, "{name} on dark");
        }
        for (name, light, dark) in [INK, SOFT] {
            assert!(contrast(light, CARD.1) >= 4.5, "{name} on light");
            assert!(contrast(dark, CARD.2) >= 4.5, "{name} on dark");
        }
    }

    /// Shares of light, as eyes without the receptors for red, and without those for green, see them.
    const SEEN: [[[f64; 3]; 3]; 3] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.1523, 1.0526, -0.2049],
            [0.1145, 0.7863, 0.0992],
            [-0.0039, -0.0481, 1.052],
        ],
        [
            [0.3673, 0.8606, -0.228],
            [0.2801, 0.6725, 0.0474],
            [-0.0118, 0.0429, 0.9689],
        ],
    ];

    const XYZ: [[f64; 3]; 3] = [
        [0.4339, 0.3762, 0.1899],
        [0.2126, 0.7152, 0.0722],
        [0.0177, 0.1095, 0.8729],
    ];

    /// CIE L*a*b* of a colour as it is seen.
    fn lab(colour: &str, seen: &[[f64; 3]; 3]) -> [f64; 3] {
        let times = |rows: &[[f64; 3]; 3], by: [f64; 3]| {
            rows.map(|row| row.iter().zip(by).map(|(a, b)| a * b).sum::<f64>())
        };
        let light = times(seen, channels(colour)).map(|share| share.clamp(0.0, 1.0));
        let [x, y, z] = times(&XYZ, light).map(|share| share.max(0.0089).cbrt());
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    #[test]
    fn colours_of_models_differ_for_all_eyes() {
        for seen in &SEEN {
            for of in [|named: &Named| named.1, |named: &Named| named.2] {
                for (i, a) in MODELS.iter().enumerate() {
                    for b in &MODELS[..i] {
                        let [a, b] = [a, b].map(|named| lab(of(named), seen));
                        let apart = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
                        assert!(apart.sqrt() > 12.0, "{a:?}, {b:?}: {}", apart.sqrt());
                    }
                }
            }
        }
    }
}
