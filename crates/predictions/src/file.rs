//! A file of predictions, column by column, as it stands there.

use crate::error::{PredictionError, listed};
use crate::spelling::class_place;
use base16ct::lower::encode_string;
use catalog::{ColumnValues, UNNAMED, Values, Wanted, read_values, shown};
use records::PredictionFile;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A file of predictions, and the name of its model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// The name of the model; without, it is made from that of the file.
    pub name: Option<String>,
    /// The file.
    pub path: PathBuf,
}

/// From `FILE` or `NAME=FILE`; what names a file as it is, is one.
impl FromStr for NamedFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let alone = |path: &str| Self {
            name: None,
            path: path.into(),
        };
        match text.split_once('=') {
            Some((name, path)) if !Path::new(text).exists() => {
                if !records::is_file_name(name) {
                    return Err(format!(
                        "the name of a model must be {}",
                        records::FILE_NAME
                    ));
                }
                if path.is_empty() {
                    return Err(format!("no file after {name}="));
                }
                Ok(Self {
                    name: Some(name.to_owned()),
                    path: path.into(),
                })
            }
            _ => Ok(alone(text)),
        }
    }
}

/// Of each row its place among the different names of a column.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) codes: Vec<Option<u32>>,
    pub(crate) names: Vec<String>,
}

/// The columns of a file that count.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    pub(crate) path: PathBuf,
    pub(crate) rows: usize,
    pub(crate) id: Option<Names>,
    pub(crate) prediction: Option<Names>,
    pub(crate) model: Option<Names>,
    pub(crate) seed: Option<Names>,
    pub(crate) fold: Option<Names>,
    pub(crate) probabilities: Option<Probabilities>,
    /// Whether the file names its columns.
    pub(crate) is_named: bool,
}

/// The probability of each class, as a file has it.
#[derive(Debug)]
pub(crate) enum Probabilities {
    /// A column for each class.
    Columns(Vec<Vec<f64>>),
    /// Row by row.
    Matrix(Vec<f32>),
}

impl Probabilities {
    /// Of a row, class by class.
    pub(crate) fn row(&self, row: usize, classes: usize) -> impl Iterator<Item = f64> {
        (0..classes).map(move |class| match self {
            Self::Columns(columns) => columns[class][row],
            Self::Matrix(values) => f64::from(values[row * classes + class]),
        })
    }
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Id,
    Prediction,
    Model,
    Seed,
    Fold,
    Group,
    Probability(usize),
}

/// What columns of these names are for, where it is known.
fn use_of(name: &str, id: &str, classes: &[String]) -> Option<Use> {
    let called = |wanted: &str| name.eq_ignore_ascii_case(wanted);
    let known = [
        (id, Use::Id),
        ("prediction", Use::Prediction),
        ("predicted", Use::Prediction),
        (UNNAMED, Use::Prediction),
        ("model", Use::Model),
        ("seed", Use::Seed),
        ("fold", Use::Fold),
        ("group", Use::Group),
    ];
    let known = known.into_iter().find(|(wanted, _)| called(wanted));
    let place = |class: &str| class_place(class, classes);
    let of_class = || place(of_probability(name).unwrap_or(name)).or_else(|| place(name));
    known
        .map(|(_, found)| found)
        .or_else(|| of_class().map(Use::Probability))
}

/// The class whose probability a column says that it holds.
fn of_probability(name: &str) -> Option<&str> {
    let prefixes = ["probability_", "p_"];
    prefixes.iter().find_map(|prefix| name.strip_prefix(prefix))
}

impl Columns {
    /// Reads predictions of these classes. `id` is what the column of ids is called.
    pub(crate) fn read(path: &Path, id: &str, classes: &[String]) -> Result<Self, PredictionError> {
        let wanted = |name: &str| {
            Some(match use_of(name, id, classes)? {
                Use::Probability(_) => Wanted::Numbers,
                _ => Wanted::Names,
            })
        };
        let values = read_values(path, &wanted)?;
        let wrong = |reason: String| PredictionError::file(path, reason);
        let unknown =
            |name: &&String| of_probability(name).is_some() && use_of(name, id, classes).is_none();
        if let Some(name) = values.names.iter().find(unknown) {
            return Err(wrong(format!(
                "column {} is of a class that the truth does not have; its classes are {}",
                shown(name),
                listed(classes)
            )));
        }
        let mut columns = Self {
            path: path.to_owned(),
            rows: values.rows,
            is_named: values.names.iter().any(|name| name != UNNAMED),
            ..Self::default()
        };
        columns.fill(values, id, classes).map_err(wrong)?;
        if columns.prediction.is_none() && columns.probabilities.is_none() {
            return Err(wrong(format!(
                "no column prediction, and none of the probabilities of {}",
                listed(classes)
            )));
        }
        Ok(columns)
    }

    fn fill(&mut self, values: Values, id: &str, classes: &[String]) -> Result<(), String> {
        let mut of_classes: Vec<Option<Vec<f64>>> = vec![None; classes.len()];
        for (name, column) in values.columns {
            let Some(found) = use_of(&name, id, classes) else {
                continue;
            };
            let place = match (found, column) {
                (Use::Probability(class), ColumnValues::Numbers(numbers)) => {
                    if of_classes[class].replace(numbers).is_some() {
                        return Err(twice(&classes[class]));
                    }
                    continue;
                }
                (Use::Group, _) => return Err(GROUP.to_owned()),
                (of, ColumnValues::Names(codes, names)) => (of, Names { codes, names }),
                (_, ColumnValues::Numbers(_)) => continue,
            };
            let (of, names) = place;
            let filled = match of {
                Use::Id => self.id.replace(names),
                Use::Prediction => self.prediction.replace(names),
                Use::Model => self.model.replace(names),
                Use::Seed => self.seed.replace(names),
                _ => self.fold.replace(names),
            };
            if filled.is_some() {
                return Err(twice(&name));
            }
        }
        self.probabilities = probabilities(of_classes, values.matrix, classes)?;
        Ok(())
    }
}

fn twice(what: &str) -> String {
    format!("two columns are for {}; leave one out", shown(what))
}

const GROUP: &str =
    "column group: which rows belong together stands in the truth, for all models alike";

fn probabilities(
    columns: Vec<Option<Vec<f64>>>,
    matrix: Option<(usize, Vec<f32>)>,
    classes: &[String],
) -> Result<Option<Probabilities>, String> {
    let there = columns.iter().flatten().count();
    match matrix {
        Some(_) if there > 0 => {
            Err("the probabilities are in columns, and in an array, too; leave one out".to_owned())
        }
        Some((width, values)) if width == classes.len() => Ok(Some(Probabilities::Matrix(values))),
        Some((width, _)) => Err(format!(
            "an array of {width} columns, and the truth has {} classes ({}); a column for each is needed, in this order",
            classes.len(),
            listed(classes)
        )),
        None if there == 0 => Ok(None),
        None => {
            let missing = columns.iter().position(Option::is_none);
            if let Some(class) = missing {
                return Err(format!(
                    "no column for the probability of class {}; there must be one for each class, or none",
                    shown(&classes[class])
                ));
            }
            Ok(Some(Probabilities::Columns(
                columns.into_iter().flatten().collect(),
            )))
        }
    }
}

/// A file, as records name it.
pub(crate) fn fingerprint(path: &Path) -> Result<PredictionFile, PredictionError> {
    let read = || -> io::Result<String> {
        let mut hash = Sha256::new();
        let mut file = File::open(path)?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = io::Read::read(&mut file, &mut buffer)?;
            if count == 0 {
                return Ok(encode_string(&hash.finalize()));
            }
            hash.update(&buffer[..count]);
        }
    };
    Ok(PredictionFile {
        file: path.display().to_string(),
        sha256: read().map_err(|error| PredictionError::file(path, error.to_string()))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_have_a_name_for_its_model() {
        let parsed = |text: &str| text.parse::<NamedFile>();
        let named = parsed("mine=a=b.csv").unwrap();
        assert_eq!(named.name.as_deref(), Some("mine"));
        assert_eq!(named.path, Path::new("a=b.csv"));
        assert_eq!(parsed("a.csv").unwrap().name, None);
        assert!(parsed("../x=a.csv").is_err() && parsed("=a.csv").is_err());
        assert!(parsed("a=").is_err());
        let directory = tempfile::tempdir().unwrap();
        let there = directory.path().join("a=b.csv");
        std::fs::write(&there, "").unwrap();
        let found = parsed(there.to_str().unwrap()).unwrap();
        assert_eq!((found.name, found.path), (None, there));
    }

    #[test]
    fn columns_tell_what_they_are_for() {
        let classes = ["cat", "p_cat", "0", "model"].map(str::to_owned);
        let of = |name: &str| use_of(name, "key", &classes);
        for (name, expected) in [
            ("key", Some(Use::Id)),
            ("id", None),
            ("Prediction", Some(Use::Prediction)),
            ("cat", Some(Use::Probability(0))),
            // The class that is called so goes with `p_p_cat`.
            ("p_cat", Some(Use::Probability(0))),
            ("p_p_cat", Some(Use::Probability(1))),
            ("probability_0", Some(Use::Probability(2))),
            ("0", Some(Use::Probability(2))),
            ("model", Some(Use::Model)),
            ("p_model", Some(Use::Probability(3))),
            ("p_dog", None),
            ("weight", None),
        ] {
            assert_eq!(of(name), expected, "{name}");
        }
    }
}
