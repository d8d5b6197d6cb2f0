//! What a comparison is asked to do beside its models: one struct for plans, command line, schema and
//! store keys.

mod recorded;
mod values;

pub use values::{PictureSize, Share};

use crate::failure::{Failure, Place};
use crate::margin::Margin;
use classifier::Count;
use classifier::schemars::{self, JsonSchema, Schema, SchemaGenerator, json_schema};
use records::Folds;
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use tables::Settings;

/// The keys of a plan, and the options of the command line that have their names. An option that is
/// not given is absent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// What the comparison is to answer; the report prints it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// What you make of it, in Markdown; the report prints it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analysis: Option<String>,
    /// Data set by name; `datasets` lists them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// Directory of the four files, relative to the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    /// Data of your own, relative to the plan: a table (CSV, TSV, ARFF, Parquet), arrays (NPY, NPZ), rows
    /// of svmlight, or a directory of pictures, of arrays or of IDX files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// A second file or directory to test on, relative to the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<PathBuf>,
    /// Without one, the share of the rows that is set aside for the test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_share: Option<Share>,
    /// The column of the classes; else the one that is called class, label, target or y.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Columns that are not used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore: Option<Vec<String>>,
    /// A column whose equal values mark rows that belong together: no split divides them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Columns of numbers that are names of categories.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories: Option<Vec<String>>,
    /// Words that stand for a missing value, besides the usual ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<Vec<String>>,
    /// Whether the first line of a text names the columns; else it is found out, and told where it is not sure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// Give all pictures this size, as in 28x28.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resize: Option<PictureSize>,
    /// Seed of everything random.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<Seed>,
    /// Fits of every model whose result depends on the seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seeds: Option<Seeds>,
    /// Hold out as many training samples to calibrate probabilities on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calibrate: Option<Count>,
    /// Training sizes of a learning curve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sizes: Option<Vec<Count>>,
    /// Judge on as many held-out training samples in place of the test samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation: Option<Count>,
    /// Cross-validate on the training samples: K folds, or R times K folds, as in 5x2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cv: Option<CrossValidation>,
    /// Compare every model with this one only, by its name in the plan, in place of every pair.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// The largest difference in accuracy that does not matter, in points, such as 0.3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<Margin>,
    /// Judge every model on groups of rows, too, by the values of this column of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slice: Option<String>,
    /// Train every model on as many samples only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train_limit: Option<Count>,
    /// A quick look: a few thousand samples, so that everything is seen to work.
    #[serde(skip)]
    pub quick: bool,
    /// How the columns of a table become features.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preparation: Option<Settings>,
}

impl Options {
    /// The seed of everything random.
    pub fn seed(&self) -> u64 {
        self.seed.unwrap_or_default().0
    }

    /// Fits of every model whose result depends on the seed.
    pub fn seeds(&self) -> u16 {
        self.seeds.unwrap_or_default().0
    }

    /// The same with the options that `flags` gives in place of its own: a struct with fields of the same
    /// names, each `None` unless given. Of `validation` and `cv` each replaces the other.
    ///
    /// # Panics
    /// If a field has no such name, or a value that the option does not take: the command line has checked
    /// them.
    #[must_use]
    pub fn changed_by(self, flags: &impl Serialize) -> Self {
        let map = |value: Value| match value {
            Value::Object(map) => map,
            other => unreachable!("options are a struct: {other}"),
        };
        let quick = self.quick;
        let Ok(mut flags) = serde_json::to_value(flags).map(map) else {
            unreachable!("flags are plain values")
        };
        flags.retain(|_, value| !value.is_null());
        let without_paths = Self {
            data_dir: None,
            data: None,
            test: None,
            ..self.clone()
        };
        let mut all = map(serde_json::to_value(without_paths).unwrap_or_default());
        if ["validation", "cv"]
            .iter()
            .any(|key| flags.contains_key(*key))
        {
            all.retain(|key, _| key != "validation" && key != "cv");
        }
        all.extend(flags);
        let changed: Self = serde_json::from_value(Value::Object(all)).expect("checked flags");
        Self {
            quick,
            // A path need not be UTF-8, as JSON is.
            data_dir: self.data_dir,
            data: self.data,
            test: self.test,
            ..changed
        }
    }

    /// The same without a data set, and without what was said of its columns.
    #[must_use]
    pub fn without_data(self) -> Self {
        Self {
            dataset: None,
            data_dir: None,
            data: None,
            test: None,
            test_share: None,
            label: None,
            ignore: None,
            group: None,
            categories: None,
            missing: None,
            header: None,
            resize: None,
            slice: None,
            ..self
        }
    }

    /// The same with every path that `path` makes of its own.
    #[must_use]
    pub fn with_paths(self, path: impl Fn(&Path) -> PathBuf) -> Self {
        Self {
            data_dir: self.data_dir.as_deref().map(&path),
            data: self.data.as_deref().map(&path),
            test: self.test.as_deref().map(&path),
            ..self
        }
    }

    /// How files of the user's own are read.
    pub fn reading(&self) -> catalog::Options {
        let default = catalog::Options::default();
        catalog::Options {
            label: self.label.clone(),
            ignore: self.ignore.clone().unwrap_or_default(),
            group: self.group.clone(),
            slice: self.slice.clone(),
            categories: self.categories.clone().unwrap_or_default(),
            missing: self.missing.clone().unwrap_or_default(),
            header: self.header,
            test: self.test.clone(),
            test_share: self.test_share.map_or(default.test_share, Share::get),
            seed: self.seed(),
            resize: self.resize.map(PictureSize::shape),
            ..default
        }
    }

    /// The first key that says something of data of the user's own.
    pub fn said_of_data(&self) -> Option<&'static str> {
        let said = [
            ("test", self.test.is_some()),
            ("test_share", self.test_share.is_some()),
            ("label", self.label.is_some()),
            ("ignore", self.ignore.is_some()),
            ("group", self.group.is_some()),
            ("categories", self.categories.is_some()),
            ("missing", self.missing.is_some()),
            ("header", self.header.is_some()),
            ("resize", self.resize.is_some()),
        ];
        said.into_iter()
            .find(|(_, is_said)| *is_said)
            .map(|(key, _)| key)
    }

    /// Refuses options that exclude each other, where one is in the plan and the other on the command line.
    ///
    /// # Errors
    /// If two do.
    pub fn check_exclusions(&self) -> Result<(), Failure> {
        let Some([first, other]) = self.exclusion() else {
            return Ok(());
        };
        Err(Failure::Syntax {
            place: Place::Option(format!("--{first}")),
            reason: format!("`{first}` excludes `{other}`"),
        })
    }

    /// Two keys that exclude each other.
    pub fn exclusion(&self) -> Option<[&'static str; 2]> {
        if self.data.is_some() && self.data_dir.is_some() {
            return Some(["data", "data_dir"]);
        }
        if self.test.is_some() && self.test_share.is_some() {
            return Some(["test", "test_share"]);
        }
        self.cv?;
        let others = [
            ("validation", self.validation.is_some()),
            ("calibrate", self.calibrate.is_some()),
            ("sizes", self.sizes.is_some()),
        ];
        let other = others.iter().find(|(_, there)| *there)?;
        Some(["cv", other.0])
    }
}

/// The seed of everything random. TOML has no whole numbers above 2⁶³ − 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Seed(u64);

impl Seed {
    /// This one.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }
}

impl Default for Seed {
    fn default() -> Self {
        Self(1)
    }
}

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        whole(from, 0..=i64::MAX as u64, "a whole number, not negative").map(Self)
    }
}

impl JsonSchema for Seed {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Seed".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 0})
    }
}

/// Fits of every model whose result depends on the seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Seeds(u16);

impl Seeds {
    /// As many, unless that is none.
    pub fn new(seeds: u16) -> Option<Self> {
        (seeds > 0).then_some(Self(seeds))
    }
}

impl Default for Seeds {
    fn default() -> Self {
        Self(1)
    }
}

impl<'de> Deserialize<'de> for Seeds {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let all = 1..=u64::from(u16::MAX);
        whole(from, all, "a whole number from 1 to 65535").map(|seeds| Self(seeds as u16))
    }
}

impl JsonSchema for Seeds {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Seeds".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 1, "maximum": u16::MAX})
    }
}

fn whole<'de, D: Deserializer<'de>>(
    from: D,
    range: std::ops::RangeInclusive<u64>,
    expected: &'static str,
) -> Result<u64, D::Error> {
    let value = Value::deserialize(from)?;
    let number = value.as_u64().filter(|number| range.contains(number));
    number.ok_or_else(|| D::Error::invalid_value(Unexpected::Other(&value.to_string()), &expected))
}

/// Folds, and how often the samples are divided anew. Written `5` or `5x2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrossValidation(pub Folds);

/// What a [`CrossValidation`] is written as, for messages.
const FOLDS: &str = "K folds, such as 5, or R times K folds, such as 5x2, with R at most 255";

impl FromStr for CrossValidation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (repeats, folds) = text.split_once(['x', '×']).unwrap_or(("1", text));
        match (repeats.trim().parse(), folds.trim().parse()) {
            (Ok(repeats @ 1..), Ok(folds @ 2..)) => Ok(Self(Folds { repeats, folds })),
            _ => Err(format!("expected {FOLDS}")),
        }
    }
}

impl Serialize for CrossValidation {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Folds { repeats: 1, folds } => folds.serialize(to),
            Folds { repeats, folds } => to.serialize_str(&format!("{repeats}x{folds}")),
        }
    }
}

impl<'de> Deserialize<'de> for CrossValidation {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        let text = match &value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        text.parse()
            .map_err(|_| D::Error::invalid_value(Unexpected::Other(&text), &FOLDS))
    }
}

impl JsonSchema for CrossValidation {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "CrossValidation".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["integer", "string"]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_written_as_a_number_or_a_product() {
        let parse = str::parse::<CrossValidation>;
        let five = CrossValidation(Folds {
            repeats: 1,
            folds: 5,
        });
        assert_eq!(parse("5"), Ok(five));
        assert_eq!(parse(" 1x5 "), Ok(five));
        for wrong in ["", "1", "x5", "0x5", "2x1", "five", "256x2"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        for text in ["7", "\"5x2\""] {
            let read: CrossValidation = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }

    #[test]
    fn flags_replace_what_a_plan_says() {
        let plan: Options = serde_json::from_str(r#"{"seed": 3, "validation": 100}"#).unwrap();
        let changed = plan.clone().changed_by(&serde_json::json!({"cv": "2x3"}));
        assert_eq!((changed.seed(), changed.validation), (3, None));
        assert_eq!(changed.cv, "2x3".parse().ok());
        assert_eq!(plan.clone().changed_by(&serde_json::json!({})), plan);
    }

    #[test]
    fn cross_validation_excludes_what_it_has_no_room_for() {
        let options = |text| serde_json::from_str::<Options>(text).unwrap();
        assert_eq!(options(r#"{"cv": 5, "seeds": 2}"#).exclusion(), None);
        let both = options(r#"{"cv": 5, "sizes": [10]}"#).exclusion();
        assert_eq!(both, Some(["cv", "sizes"]));
    }
}
