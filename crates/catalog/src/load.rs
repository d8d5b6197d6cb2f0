//! Data from a path: whatever is there becomes a training and a test split.

use crate::classes::{Labelled, Side, classes};
use crate::error::one_line;
use crate::format::find;
use crate::found::{Found, RawSamples};
use crate::splits::check_targets;
use crate::table::{RawTable, other_labels};
use crate::{LoadError, Options, Sealed, SealedTable, Splits, fingerprint, memory, name_of};
use data::{DataError, Dataset, Samples, Targets, hold_out};
use std::path::Path;
use tables::{Column, Preparation, Settings, Table};

/// A data set as it was found.
#[derive(Debug)]
pub struct Loaded {
    /// Short name, from the path: see [`name_of`].
    pub id: String,
    /// Name for people; the short one where there is no other.
    pub title: String,
    /// The path.
    pub origin: String,
    /// What models learn from and what they are judged on.
    pub content: Content,
    /// What was recognised, for people: "separator ;", "missing: NA (12 values)".
    pub notes: Vec<String>,
    /// SHA-256 of the training samples, the training labels, the test samples and the test labels:
    /// for IDX of the four files, otherwise of what was read.
    pub sha256: [String; 4],
    /// Whether test rows were drawn from the rows that are there, and not given.
    pub is_test_drawn: bool,
    /// The number of the first feature in rows of svmlight, 0 or 1; `None` of other data.
    pub counted_from: Option<u32>,
}

/// Training and test rows.
#[derive(Debug)]
pub enum Content {
    /// Samples that models can learn from as they are.
    Samples {
        /// What models are fitted to.
        train: Dataset,
        /// What they are judged on.
        test: Sealed,
    },
    /// Columns of which a preparation, learnt from the training rows of each fit, makes samples.
    Table {
        /// What models are fitted to.
        train: Table,
        /// What they are judged on.
        test: SealedTable,
    },
}

impl From<Splits> for Loaded {
    fn from(splits: Splits) -> Self {
        let (train, test) = (splits.train, splits.test);
        Self {
            id: splits.id,
            title: splits.title,
            origin: splits.origin,
            content: Content::Samples { train, test },
            notes: Vec::new(),
            sha256: splits.sha256,
            is_test_drawn: false,
            counted_from: None,
        }
    }
}

impl Content {
    /// Whether the samples are pictures, grey or in colour.
    pub fn is_of_pictures(&self) -> bool {
        match self {
            Self::Samples { train, .. } => {
                let samples = train.samples();
                samples.pictures().is_some()
            }
            Self::Table { .. } => false,
        }
    }

    /// How many samples are sealed, and what their classes are called.
    pub fn sealed(&self) -> (usize, &[String]) {
        match self {
            Self::Samples { test, .. } => (test.len(), test.class_names()),
            Self::Table { test, .. } => (test.len(), test.class_names()),
        }
    }

    /// Refuses what no comparison can be made of.
    ///
    /// # Errors
    /// As [`Dataset::check_trainable`], [`LoadError::Uniform`] or [`LoadError::NoTestImages`].
    pub fn check(&self) -> Result<(), LoadError> {
        let (train, test): (&Targets, usize) = match self {
            Self::Samples { train, test } => {
                train.check_trainable()?;
                (train.as_ref(), test.len())
            }
            Self::Table { train, test } => (train.targets(), test.len()),
        };
        check_targets(train, test)
    }
}

impl Loaded {
    /// The splits of one comparison without folds: a table is prepared by what is learnt from all its
    /// training rows. What was done to its columns is given beside.
    ///
    /// # Errors
    /// As [`Preparation::learn`].
    pub fn prepared(self, settings: &Settings) -> Result<(Splits, Option<Preparation>), LoadError> {
        let (train, test, preparation) = match self.content {
            Content::Samples { train, test } => (train, test, None),
            Content::Table { train, test } => {
                let preparation = Preparation::learn(&train, settings)?;
                let test = test.prepared(&preparation)?;
                (preparation.dataset(&train)?, test, Some(preparation))
            }
        };
        let splits = Splits {
            title: self.title,
            id: self.id,
            origin: self.origin,
            train,
            test,
            sha256: self.sha256,
        };
        Ok((splits, preparation))
    }
}

/// Reads what is at `path`: a directory of IDX files, of arrays or of pictures; a table as CSV, TSV,
/// ARFF or Parquet; arrays as NPZ; rows as svmlight. The format is told by the content.
///
/// Test rows are those of [`Options::test`], or those that the path itself sets apart; else a share
/// of each class is set aside, whole groups where there are groups.
///
/// # Errors
/// One line that says what is wrong, where, and what would be right.
pub fn load(path: &Path, options: &Options) -> Result<Loaded, LoadError> {
    let loaded = read(path, options).map_err(|error| error.in_file(&path.display().to_string()))?;
    let (train, test) = match &loaded.content {
        Content::Samples { train, test } => (train.len(), test.len()),
        Content::Table { train, test } => (train.len(), test.len()),
    };
    let (error, file) = match (train, test) {
        (0, _) => (LoadError::from(DataError::Empty), path),
        (_, 0) => (
            LoadError::NoTestImages,
            options.test.as_deref().unwrap_or(path),
        ),
        _ => return Ok(loaded),
    };
    Err(error.in_file(&file.display().to_string()))
}

fn read(path: &Path, options: &Options) -> Result<Loaded, LoadError> {
    let limit = options.memory.unwrap_or_else(memory::budget);
    let id = name_of(path);
    let origin = path.display().to_string();
    let is_test_drawn;
    let mut counted_from = None;
    let (content, notes) = match find(path, options, limit, None)? {
        Found::Splits(splits) => return divided(*splits, &origin, options),
        Found::Table(train) => {
            let schema = train.schema();
            let test = match &options.test {
                None => None,
                Some(test) => match find(test, options, limit, Some(&schema))? {
                    Found::Table(table) => {
                        Some((test.display().to_string(), table.in_order(&schema)))
                    }
                    _ => return Err(unlike(path, test)),
                },
            };
            is_test_drawn = test.is_none();
            of_table(&origin, *train, test, options)?
        }
        Found::Samples(train, within) => {
            let test = match &options.test {
                None => within.map(|test| (origin.clone(), *test)),
                Some(test) => match find(test, options, limit, None)? {
                    Found::Samples(samples, _) => Some((test.display().to_string(), *samples)),
                    _ => return Err(unlike(path, test)),
                },
            };
            is_test_drawn = test.is_none();
            let in_test = test.as_ref().and_then(|(_, test)| test.counted_from);
            counted_from = train.counted_from.into_iter().chain(in_test).min();
            of_samples(&origin, *train, test, options)?
        }
    };
    Ok(Loaded {
        is_test_drawn,
        counted_from,
        ..with_sums(id, origin, content, notes)
    })
}

/// What IDX files divide already.
fn divided(splits: Splits, file: &str, options: &Options) -> Result<Loaded, LoadError> {
    if options.test.is_some() {
        let reason = "has test images of its own; name no other file for the test";
        return Err(LoadError::content(file, reason));
    }
    Ok(splits.into())
}

pub(crate) fn with_sums(
    id: String,
    origin: String,
    content: Content,
    notes: Vec<String>,
) -> Loaded {
    Loaded {
        sha256: sums(&content),
        title: id.clone(),
        id,
        origin,
        content,
        notes: notes.into_iter().map(|note| one_line(&note)).collect(),
        is_test_drawn: true,
        counted_from: None,
    }
}

fn unlike(train: &Path, test: &Path) -> LoadError {
    let reason = format!("not of the same kind of data as {}", train.display());
    LoadError::content(&test.display().to_string(), reason)
}

fn sums(content: &Content) -> [String; 4] {
    use fingerprint::{of_columns, of_targets};
    match content {
        Content::Samples { train, test } => [
            fingerprint::of_samples(train.samples()),
            of_targets(train.as_ref()),
            fingerprint::of_samples(test.samples()),
            // A sum tells nobody a label, and so it is no look.
            of_targets(test.handed_over().as_ref()),
        ],
        Content::Table { train, test } => [
            of_columns(train),
            of_targets(train.targets()),
            of_columns(test.handed_over()),
            of_targets(test.handed_over().targets()),
        ],
    }
}

pub(crate) fn of_table(
    file: &str,
    train: RawTable,
    test: Option<(String, RawTable)>,
    options: &Options,
) -> Result<(Content, Vec<String>), LoadError> {
    let (train_side, test_side, more) = classes(
        &labels_of_table(file, &train),
        test.as_ref()
            .map(|(file, table)| labels_of_table(file, table))
            .as_ref(),
    )?;
    let mut notes = train.notes.clone();
    if options.label.is_none() {
        notes.extend(other_labels(&train.label, &train.columns));
    }
    notes.extend(more);
    let whole = rows(train, train_side, options)?;
    let (train, test) = match (test, test_side) {
        (Some((_, test)), Some(side)) => (whole, rows(test, side, options)?),
        _ => {
            let sides = hold_out(&whole, options.test_share, options.seed)?;
            notes.push(set_aside(sides.held_out.len(), whole.len(), options.seed));
            (whole.select(&sides.rest), whole.select(&sides.held_out))
        }
    };
    let test = SealedTable::new(test);
    Ok((Content::Table { train, test }, notes))
}

fn labels_of_table<'a>(file: &'a str, table: &'a RawTable) -> Labelled<'a> {
    Labelled {
        file,
        label: &table.label,
        labels: &table.labels,
        group: table.group.as_deref(),
        groups: table.groups.as_ref(),
    }
}

fn rows(table: RawTable, side: Side, options: &Options) -> Result<Table, LoadError> {
    let beside = match (table.beside, table.group, table.groups) {
        (None, Some(name), Some(groups)) if options.is_slice(&name) => {
            Some(Column::categories(name, groups.codes, groups.names.into())?)
        }
        (beside, ..) => beside,
    };
    let selected = |columns: Vec<Column>| match &side.kept {
        None => columns,
        Some(kept) => columns.iter().map(|column| column.select(kept)).collect(),
    };
    let (columns, beside) = (
        selected(table.columns),
        selected(beside.into_iter().collect()),
    );
    Ok(Table::new(columns, side.targets)?.with_beside(beside)?)
}

fn of_samples(
    file: &str,
    train: RawSamples,
    test: Option<(String, RawSamples)>,
    options: &Options,
) -> Result<(Content, Vec<String>), LoadError> {
    let (train_side, test_side, more) = classes(
        &labels_of_samples(file, &train),
        test.as_ref()
            .map(|(file, read)| labels_of_samples(file, read))
            .as_ref(),
    )?;
    let mut notes = train.notes.clone();
    let of_test = test.iter().flat_map(|(_, test)| &test.notes);
    let others = of_test.filter(|note| !train.notes.contains(note));
    notes.extend(others.map(|note| format!("test data: {note}")));
    notes.extend(more);
    let [train, test] = match (test, test_side) {
        (Some((_, test)), Some(side)) => {
            let [mut a, mut b] = [train.samples, test.samples];
            if let (Some(of_a), Some(of_b)) = (train.counted_from, test.counted_from) {
                let first = of_a.min(of_b);
                let before = [of_a - first, of_b - first].map(|number| number as usize);
                let width = (before[0] + a.features()).max(before[1] + b.features());
                a = widened(a, before[0], width)?;
                b = widened(b, before[1], width)?;
                notes.extend(counted_alike(of_a, of_b));
            }
            [dataset(a, train_side)?, dataset(b, side)?]
        }
        _ => {
            let whole = dataset(train.samples, train_side)?;
            let sides = hold_out(&whole, options.test_share, options.seed)?;
            notes.push(set_aside(sides.held_out.len(), whole.len(), options.seed));
            [whole.select(&sides.rest), whole.select(&sides.held_out)]
        }
    };
    // The shapes are compared there.
    let splits = Splits::new("", "", "", [train, test], Default::default())?;
    let Splits { train, test, .. } = splits;
    Ok((Content::Samples { train, test }, notes))
}

/// Sparse rows are as wide as their last feature, and begin with 0 or 1, in each file for itself:
/// zeros stand `before` them, and up to `width` after them, so that a feature is the same in both.
fn widened(samples: Samples, before: usize, width: usize) -> Result<Samples, LoadError> {
    if samples.features() == width {
        return Ok(samples);
    }
    let mut values = Vec::with_capacity(samples.len() * width);
    for (row, read) in samples
        .to_f32()
        .chunks_exact(samples.features())
        .enumerate()
    {
        values.resize(row * width + before, 0.0);
        values.extend_from_slice(read);
        values.resize((row + 1) * width, 0.0);
    }
    Ok(Samples::from_features(width, values)?)
}

/// What to say where one file has a feature 0 and the other has none.
fn counted_alike(train: u32, test: u32) -> Option<String> {
    let without = match train.cmp(&test) {
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Less => "test",
        std::cmp::Ordering::Greater => "training",
    };
    Some(format!(
        "features of the {without} file counted from 0, too, as in the other: feature 0 is 0 in all its rows"
    ))
}

fn labels_of_samples<'a>(file: &'a str, read: &'a RawSamples) -> Labelled<'a> {
    Labelled {
        file,
        label: read.label,
        labels: &read.labels,
        group: None,
        groups: read.groups.as_ref(),
    }
}

fn dataset(samples: Samples, side: Side) -> Result<Dataset, LoadError> {
    let samples = match &side.kept {
        None => samples,
        Some(kept) => samples.select(kept),
    };
    let targets: Targets = side.targets;
    Ok(Dataset::with_targets(samples, targets)?)
}

fn set_aside(test: usize, all: usize, seed: u64) -> String {
    format!("{test} of {all} rows set aside for the test, drawn with seed {seed}")
}
