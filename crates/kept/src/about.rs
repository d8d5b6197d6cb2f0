//! What a file says about its model.

use crate::calibration::Calibration;
use crate::judged::JudgedAbout;
use classifier::Sizes;
use data::{PictureShape, Samples};
use records::{Number, disturbs};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tables::Preparation;

/// What a file says about its model, beside the arrays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Version of the program that wrote it.
    pub program: String,
    /// The registered model.
    pub model: String,
    /// What it was called in its comparison.
    pub id: String,
    /// All of its parameters.
    pub parameters: Map<String, Value>,
    /// Seed of the fit.
    pub seed: u64,
    /// Names of the classes, by number.
    pub classes: Vec<String>,
    /// Values of each sample.
    pub features: usize,
    /// Names of the features, where they have some.
    pub feature_names: Option<Vec<String>>,
    /// Rows and columns, if the samples were pictures in grey.
    pub picture: Option<[usize; 2]>,
    /// The same, if they were pictures in colour, each pixel of three values: red, green, blue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour_picture: Option<[usize; 2]>,
    /// The number of the first feature in rows of svmlight, 0 or 1, if the samples came from these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_from: Option<u32>,
    /// Whether the samples were 8-bit pixels, of which the model sees p / 255.
    pub pixels: bool,
    /// What it was trained on.
    pub data: TrainedOn,
    /// How the columns of a table become features.
    pub preparation: Option<Preparation>,
    /// What log-probabilities are divided by, where they were calibrated.
    pub temperature: Option<f64>,
    /// What was learnt from other samples afterwards; then there is no temperature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// What its solver reached.
    pub certificate: Map<String, Value>,
    /// How good it was, once that is known.
    pub judged: Option<JudgedAbout>,
    /// The key of its fit in records.
    pub key: String,
}

/// What a model was trained on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainedOn {
    /// The data set's name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// SHA-256 sums of training samples, their labels, test samples and their labels.
    pub sha256: [String; 4],
    /// Samples that the model was fitted to.
    pub samples: usize,
    /// The seed that drew them out of all training samples, in proportion to the classes, where nothing else
    /// was held out: who draws again knows the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn_by: Option<u64>,
}

impl About {
    /// How many features and classes the model was fitted to.
    pub fn sizes(&self) -> Sizes {
        Sizes {
            features: self.features,
            classes: self.classes.len(),
        }
    }

    /// Rows × columns of the pictures that it was fitted to and values of a pixel, 1 in grey and 3 in colour; `None`
    /// if it was fitted to no pictures.
    pub fn pictures(&self) -> Option<(PictureShape, usize)> {
        let in_grey = self.picture.map(|sides| (sides, 1));
        let in_colour = self.colour_picture.map(|sides| (sides, 3));
        let ([rows, columns], values) = in_grey.or(in_colour)?;
        Some((PictureShape { rows, columns }, values))
    }

    /// Says the shape, names and kind of samples.
    pub fn describe(&mut self, samples: &Samples) {
        self.features = samples.features();
        self.feature_names = samples.names().map(|names| names.to_vec());
        let sides = |shape: PictureShape| [shape.rows, shape.columns];
        self.picture = samples.picture().map(sides);
        self.colour_picture = samples.colour_picture().map(sides);
        self.pixels = samples.pixels().is_some();
    }

    /// What the certificate says, in the order in which the model says it.
    pub(crate) fn certificate_of(values: Vec<(&'static str, f64)>) -> Map<String, Value> {
        let value = |value| serde_json::to_value(Number(value)).unwrap_or_default();
        let named = values.into_iter();
        named
            .map(|(name, number)| (name.to_owned(), value(number)))
            .collect()
    }

    /// # Errors
    /// The first thing that cannot be.
    pub(crate) fn check(&self) -> Result<(), String> {
        let is_whole = |(shape, values): (PictureShape, usize)| {
            let pixels = shape.rows.checked_mul(shape.columns);
            pixels.and_then(|pixels| pixels.checked_mul(values)) == Some(self.features)
        };
        let pictures = match self.picture {
            Some(_) => "picture",
            None => "colour_picture",
        };
        let names = self.feature_names.as_ref().map(Vec::len);
        let prepared = self.preparation.as_ref();
        let prepared = prepared.map(|preparation| preparation.features().len());
        let calibration = self.calibration.as_ref();
        let is_calibration = |calibration: &Calibration| {
            self.temperature.is_none() && calibration.is_sound(self.classes.len())
        };
        let is_temperature = |t: f64| t > 0.0 && t.is_finite();
        let fits = |count: Option<usize>| count.is_none_or(|count| count == self.features);
        // They are printed, and a line must stay one.
        let words = [&self.program, &self.model, &self.id].into_iter();
        let words = words.chain(self.parameters.keys());
        let is_line = |word: &String| !word.chars().any(disturbs);
        let checks = [
            (words.clone().all(is_line), "model"),
            (self.features > 0, "features"),
            ((1..=1 << 16).contains(&self.classes.len()), "classes"),
            (self.pictures().is_none_or(is_whole), pictures),
            (
                self.colour_picture.is_none() || self.pixels && self.picture.is_none(),
                "colour_picture",
            ),
            (
                self.counted_from.is_none_or(|first| first <= 1),
                "counted_from",
            ),
            (fits(names), "feature_names"),
            (fits(prepared), "preparation"),
            (self.temperature.is_none_or(is_temperature), "temperature"),
            (calibration.is_none_or(is_calibration), "calibration"),
        ];
        if let Some((_, what)) = checks.into_iter().find(|(holds, _)| !holds) {
            return Err(format!("its `{what}` does not fit the rest"));
        }
        self.preparation.as_ref().map_or(Ok(()), Preparation::check)
    }
}

/// What pictures of this shape and as many values of a pixel are called.
pub(crate) fn in_words((shape, values): (PictureShape, usize)) -> String {
    let colour = if values == 1 { "" } else { " in colour" };
    format!("pictures of {shape}{colour}")
}
