//! What was learnt from training rows, and how it makes features of any rows.

use crate::number;
use crate::{Categories, Column, Kind, Table, TableError, Values, error::listed};
use data::{Dataset, Samples};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// How a table becomes features: all that was learnt from the training rows, column by column.
///
/// It can be made by [`learn`](Self::learn) alone, which sees training rows only. Rows that a model is
/// judged on cannot change it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preparation {
    pub(crate) columns: Vec<PreparedColumn>,
    pub(crate) features: Vec<String>,
}

/// What is done to one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreparedColumn {
    /// The column's name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Training rows where it is missing.
    pub missing: usize,
    /// What is made of it.
    pub step: Step,
    /// The features that come out, in order.
    pub features: Vec<String>,
}

/// What is made of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// One feature, (x − `mean`) / `deviation`, unless it is constant; then one for what is missing.
    Number {
        /// What stands in for a missing value; `None` leaves it missing.
        fill: Option<f64>,
        /// Subtracted; 0 where nothing is standardised.
        mean: f64,
        /// Divided by; 1 where nothing is standardised.
        deviation: f64,
        /// Whether the value itself is a feature.
        value: bool,
        /// Whether a feature tells that the value is missing.
        indicator: bool,
    },
    /// One feature per category.
    OneHot {
        /// The categories with a feature of their own, by name.
        categories: Vec<String>,
        /// Training categories that share the next feature; 0 if there is none, and unseen categories
        /// have no feature.
        pooled: usize,
        /// Whether the last feature tells that the category is missing.
        missing: bool,
    },
    /// Nothing.
    LeftOut(LeftOut),
}

/// Why a column is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// It is the same in all training rows.
    Constant,
    /// It is missing in all training rows.
    Missing,
    /// All its categories are rare, so that all rows are in the shared one.
    Rare,
    /// The settings say so.
    Settings,
}

impl Preparation {
    /// What is done to each column, in the table's order.
    pub fn columns(&self) -> &[PreparedColumn] {
        &self.columns
    }

    /// The name and kind of each column, in the table's order.
    pub fn kinds(&self) -> Vec<(String, Kind)> {
        let columns = self.columns.iter();
        columns
            .map(|column| (column.name.clone(), column.kind))
            .collect()
    }

    /// Each column that features were made of, and where these stand among all.
    pub fn sources(&self) -> Vec<(&str, Range<usize>)> {
        let mut next = 0;
        let used = self.columns.iter();
        let used = used.filter(|column| !column.features.is_empty());
        used.map(|column| {
            let first = next;
            next += column.features.len();
            (column.name.as_str(), first..next)
        })
        .collect()
    }

    /// The names of the features, in order.
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// Refuses a preparation that was not learnt but read from somewhere, and cannot be one.
    ///
    /// # Errors
    /// The first column that is wrong.
    pub fn check(&self) -> Result<(), String> {
        let all = self.columns.iter().flat_map(|column| &column.features);
        if !all.eq(&self.features) || self.features.is_empty() {
            return Err("the features are not those of the columns".to_owned());
        }
        match self.columns.iter().find(|column| !column.is_possible()) {
            None => Ok(()),
            Some(column) => Err(format!("column {} cannot be prepared so", column.name)),
        }
    }

    /// Makes features of a table's rows: shape (rows, [`features`](Self::features)). A feature beyond
    /// the range of `f32` is at its end.
    ///
    /// # Errors
    /// [`TableError::NoColumn`] or [`TableError::Kind`] if the table has not the columns that were
    /// learnt from.
    pub fn apply(&self, table: &Table) -> Result<Samples, TableError> {
        let width = self.features.len();
        let mut values = vec![0.0_f32; table.len() * width];
        let mut first = 0;
        for prepared in &self.columns {
            let column = prepared.find_in(table)?;
            if !prepared.features.is_empty() {
                let rows = values.chunks_exact_mut(width);
                prepared.write(column, rows.map(|row| &mut row[first..]));
            }
            first += prepared.features.len();
        }
        let samples = Samples::from_features(width, values)?;
        Ok(samples.with_names(Arc::from(self.features.as_slice()))?)
    }

    /// Refuses rows with numbers that are missing and stay so, for models that take none.
    ///
    /// # Errors
    /// [`TableError::Unfilled`] with all such columns.
    pub fn check_filled(&self, columns: &[Column]) -> Result<(), TableError> {
        let is_unfilled = |name: &str| {
            let of_name = self.columns.iter().find(|column| column.name == name);
            let step = of_name.map(|column| &column.step);
            matches!(
                step,
                Some(Step::Number {
                    fill: None,
                    value: true,
                    ..
                })
            )
        };
        let unfilled = columns.iter().filter_map(|column| {
            let missing = column.missing();
            let rows = if missing == 1 { "row" } else { "rows" };
            (missing > 0 && is_unfilled(column.name()))
                .then(|| format!("{} ({missing} {rows})", column.name()))
        });
        let unfilled: Vec<String> = unfilled.collect();
        if unfilled.is_empty() {
            return Ok(());
        }
        Err(TableError::Unfilled {
            columns: listed(unfilled.iter().map(String::as_str)),
        })
    }

    /// The features of a table's rows with their classes and groups.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub fn dataset(&self, table: &Table) -> Result<Dataset, TableError> {
        let samples = self.apply(table)?;
        Ok(Dataset::with_targets(samples, table.targets().clone())?)
    }
}

impl PreparedColumn {
    /// Whether its step makes as many features as it has names for, of numbers that are finite.
    fn is_possible(&self) -> bool {
        let is_category = self.kind == Kind::Category;
        let (made, is_fine) = match &self.step {
            Step::LeftOut(_) => (0, true),
            Step::OneHot {
                categories,
                pooled,
                missing,
            } => {
                let more = usize::from(*pooled > 0) + usize::from(*missing);
                (categories.len() + more, is_category)
            }
            &Step::Number {
                fill,
                mean,
                deviation,
                value,
                indicator,
            } => {
                let finite = [fill.unwrap_or(0.0), mean, deviation];
                let is_finite = finite.iter().all(|number| number.is_finite());
                let made = usize::from(value) + usize::from(indicator);
                (made, is_finite && deviation > 0.0 && !is_category)
            }
        };
        is_fine && made == self.features.len()
    }

    fn find_in<'a>(&self, table: &'a Table) -> Result<&'a Column, TableError> {
        let column = table
            .column(&self.name)
            .ok_or_else(|| TableError::NoColumn {
                column: self.name.clone(),
                there: listed(table.columns().iter().map(Column::name)),
            })?;
        if column.kind() != self.kind {
            return Err(TableError::Kind {
                column: self.name.clone(),
                found: column.kind().plural(),
                learnt: self.kind.plural(),
            });
        }
        Ok(column)
    }

    /// Writes this column's features to the beginning of each row.
    fn write<'a>(&self, column: &Column, rows: impl Iterator<Item = &'a mut [f32]>) {
        match (&self.step, column.values()) {
            (step @ Step::OneHot { .. }, Values::Categories(values)) => {
                write_categories(step, values, rows);
            }
            (step, _) => {
                if let Some(number) = column.as_number() {
                    write_numbers(step, number.as_ref(), rows);
                }
            }
        }
    }
}

fn write_numbers<'a>(
    step: &Step,
    number: &dyn Fn(usize) -> f64,
    rows: impl Iterator<Item = &'a mut [f32]>,
) {
    let &Step::Number {
        fill,
        mean,
        deviation,
        value: has_value,
        indicator,
    } = step
    else {
        return;
    };
    for (index, row) in rows.enumerate() {
        let number = number(index);
        if has_value {
            let filled = if number.is_nan() {
                fill.unwrap_or(f64::NAN)
            } else {
                number
            };
            // Halves, for the difference of the largest numbers is infinite.
            let standard = (filled / 2.0 - mean / 2.0) / deviation * 2.0;
            row[0] = standard.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32;
        }
        if indicator {
            row[usize::from(has_value)] = f32::from(u8::from(number.is_nan()));
        }
    }
}

fn write_categories<'a>(
    step: &Step,
    values: &Categories,
    rows: impl Iterator<Item = &'a mut [f32]>,
) {
    let Step::OneHot {
        categories,
        pooled,
        missing,
    } = step
    else {
        return;
    };
    let known = categories.iter().enumerate();
    let feature_of: HashMap<&str, usize> = known.map(|(i, name)| (name.as_str(), i)).collect();
    let shared = (*pooled > 0).then_some(categories.len());
    let names = values.names().iter();
    let features: Vec<Option<usize>> = names
        .map(|name| feature_of.get(name.as_str()).copied().or(shared))
        .collect();
    let of_missing = missing.then_some(categories.len() + usize::from(*pooled > 0));
    for (row, code) in rows.zip(values.codes()) {
        if let Some(feature) = code.map_or(of_missing, |code| features[code]) {
            row[feature] = 1.0;
        }
    }
}

impl fmt::Display for PreparedColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.step {
            Step::LeftOut(LeftOut::Constant) => f.write_str("left out: the same in all rows"),
            Step::LeftOut(LeftOut::Missing) => f.write_str("left out: missing in all rows"),
            Step::LeftOut(LeftOut::Rare) => f.write_str("left out: all categories are rare"),
            Step::LeftOut(LeftOut::Settings) => f.write_str("left out by the settings"),
            Step::Number {
                fill,
                mean,
                deviation,
                value,
                indicator,
            } => {
                let mut parts = Vec::new();
                if let (Some(fill), true) = (fill, self.missing > 0 && *value) {
                    parts.push(format!(
                        "{} where missing ({} rows)",
                        number(*fill),
                        self.missing
                    ));
                }
                if *indicator {
                    parts.push("a feature where missing".to_owned());
                }
                if [*mean, *deviation] != [0.0, 1.0] {
                    parts.push(format!(
                        "mean {} and deviation {} become 0 and 1",
                        number(*mean),
                        number(*deviation)
                    ));
                }
                if parts.is_empty() {
                    parts.push("as it is".to_owned());
                }
                f.write_str(&parts.join("; "))
            }
            Step::OneHot {
                categories,
                pooled,
                missing,
            } => {
                write!(f, "a feature for each of {} categories", categories.len())?;
                if *pooled > 0 {
                    write!(f, ", one for {pooled} rare ones")?;
                }
                if *missing {
                    write!(f, ", one where missing ({} rows)", self.missing)?;
                }
                Ok(())
            }
        }
    }
}
