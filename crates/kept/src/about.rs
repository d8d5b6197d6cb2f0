//! What a file says about its model.

use crate::calibration::Calibration;
use crate::judged::JudgedAbout;
use classifier::Sizes;
use data::{PictureShape, Samples};
use records::Number;
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

    /// The pictures' shape, if it was fitted to pictures in grey.
    pub fn shape(&self) -> Option<PictureShape> {
        let [rows, columns] = self.picture?;
        Some(PictureShape { rows, columns })
    }

    /// The pictures' shape, if it was fitted to pictures in colour.
    pub fn colour_shape(&self) -> Option<PictureShape> {
        let [rows, columns] = self.colour_picture?;
        Some(PictureShape { rows, columns })
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
        let pixels = |[rows, columns]: [usize; 2]| rows.checked_mul(columns);
        let picture = self.picture.map(pixels);
        let values = |sides| pixels(sides).and_then(|count| count.checked_mul(3));
        let in_colour = self.colour_picture.map(values);
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
        let is_line = |word: &String| !word.chars().any(char::is_control);
        let checks = [
            (words.clone().all(is_line), "model"),
            (self.features > 0, "features"),
            ((1..=1 << 16).contains(&self.classes.len()), "classes"),
            (
                picture.is_none_or(|size| size == Some(self.features)),
                "picture",
            ),
            (
                in_colour.is_none_or(|size| {
                    size == Some(self.features) && self.pixels && picture.is_none()
                }),
                "colour_picture",
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
