//! Colours and markers: one of each for every model, the same in every figure and page.

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
    /// The model at a place in its report.
    Model(usize),
}

/// Name, colour on light, colour on dark.
type Named = (&'static str, &'static str, &'static str);

const INK: Named = ("ink", "#1f2328", "#e6edf3");
const SOFT: Named = ("soft", "#59636e", "#9198a1");
const GRID: Named = ("grid", "#dfe4ea", "#30363d");
const CARD: Named = ("card", "#ffffff", "#0d1117");
const HIT: Named = ("hit", "#0072b2", "#2f81c7");
const MISS: Named = ("miss", "#d55e00", "#c8671f");

/// After Okabe and Ito 2008, and Tol 2021: each dark enough on white and light enough on black to be
/// seen (3 to 1), which their yellow and sky blue are not. Markers tell apart what colours do not.
const MODELS: [Named; 7] = [
    ("m0", "#0072b2", "#4aa3e0"),
    ("m1", "#d55e00", "#f0883e"),
    ("m2", "#008f69", "#2dbf95"),
    ("m3", "#b5478a", "#e089bd"),
    ("m4", "#a87900", "#e3b341"),
    ("m5", "#2a91cc", "#84cdf5"),
    ("m6", "#6b4fa8", "#ab96e6"),
];

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
            Self::Model(place) => MODELS[place % MODELS.len()],
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
    const ALL: [Self; 10] = [
        Self::Disc,
        Self::Square,
        Self::Triangle,
        Self::Diamond,
        Self::Inverted,
        Self::Plus,
        Self::Star,
        Self::Cross,
        Self::Ring,
        Self::Frame,
    ];

    /// Of the model at a place in its report. With seven colours and ten shapes no two of 70 models
    /// look alike.
    pub(super) fn of_place(place: usize) -> Self {
        Self::ALL[place % Self::ALL.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Relative luminance, WCAG 2.2.
    fn luminance(colour: &str) -> f64 {
        let linear = |at: usize| {
            let channel = u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
            let c = f64::from(channel) / 255.0;
            if c <= 0.040_45 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5)
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

    #[test]
    fn twenty_models_look_different() {
        let look = |place| {
            (
                Paint::Model(place).fill(),
                format!("{:?}", Shape::of_place(place)),
            )
        };
        let looks: BTreeSet<_> = (0..20).map(look).collect();
        assert_eq!(looks.len(), 20);
    }
}
