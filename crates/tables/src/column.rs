//! One column: values of one kind, some of them missing.

use crate::TableError;
use std::sync::Arc;

/// The code of a missing category.
const MISSING: u32 = u32::MAX;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Real numbers.
    Number,
    /// True or false.
    Boolean,
    /// Days since 1970-01-01, with a fraction where there is a time.
    Date,
    /// One of several names.
    Category,
}

impl Kind {
    /// In words, of many.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Number => "numbers",
            Self::Boolean => "truth values",
            Self::Date => "dates",
            Self::Category => "categories",
        }
    }
}

/// The values of a column, row by row.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Finite numbers; NaN where one is missing.
    Numbers(Vec<f64>),
    /// `None` where one is missing.
    Booleans(Vec<Option<bool>>),
    /// Days since 1970-01-01; NaN where one is missing.
    Dates(Vec<f64>),
    /// Names, each kept once.
    Categories(Categories),
}

/// Rows as indices into the names of categories.
#[derive(Debug, Clone, PartialEq)]
pub struct Categories {
    codes: Vec<u32>,
    names: Arc<[String]>,
}

impl Categories {
    /// The categories' names, whether or not each occurs in these rows.
    pub fn names(&self) -> &Arc<[String]> {
        &self.names
    }

    /// The category of each row, as an index into [`names`](Self::names); `None` where it is missing.
    pub fn codes(&self) -> impl ExactSizeIterator<Item = Option<usize>> + '_ {
        let known = |&code: &u32| (code != MISSING).then_some(code as usize);
        self.codes.iter().map(known)
    }
}

/// A named column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    name: String,
    values: Values,
}

/// Missing numbers are equal: two columns are equal if they hold the same.
impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        let same = |a: &[f64], b: &[f64]| {
            let alike = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan());
            a.len() == b.len() && a.iter().zip(b).all(alike)
        };
        self.name == other.name
            && match (&self.values, &other.values) {
                (Values::Numbers(a), Values::Numbers(b)) | (Values::Dates(a), Values::Dates(b)) => {
                    same(a, b)
                }
                (a, b) => a == b,
            }
    }
}

impl Column {
    /// A column of numbers; NaN where one is missing.
    ///
    /// # Errors
    /// [`TableError::NotFinite`] for an infinity.
    pub fn numbers(name: impl Into<String>, values: Vec<f64>) -> Result<Self, TableError> {
        let name = finite(name.into(), &values)?;
        let values = Values::Numbers(values);
        Ok(Self { name, values })
    }

    /// A column of dates, in days since 1970-01-01; NaN where one is missing.
    ///
    /// # Errors
    /// [`TableError::NotFinite`] for an infinity.
    pub fn dates(name: impl Into<String>, days: Vec<f64>) -> Result<Self, TableError> {
        let name = finite(name.into(), &days)?;
        let values = Values::Dates(days);
        Ok(Self { name, values })
    }

    /// A column of truth values.
    pub fn booleans(name: impl Into<String>, values: Vec<Option<bool>>) -> Self {
        Self {
            name: name.into(),
            values: Values::Booleans(values),
        }
    }

    /// A column of categories: indices into `names`; `None` where one is missing.
    ///
    /// # Errors
    /// [`TableError::Category`] for an index that is not below the number of names.
    pub fn categories(
        name: impl Into<String>,
        codes: impl IntoIterator<Item = Option<u32>>,
        names: Arc<[String]>,
    ) -> Result<Self, TableError> {
        let name = name.into();
        let codes: Vec<u32> = codes
            .into_iter()
            .map(|code| code.unwrap_or(MISSING))
            .collect();
        let wrong = |&code: &u32| code != MISSING && code as usize >= names.len();
        if let Some(row) = codes.iter().position(wrong) {
            return Err(TableError::Category {
                column: name,
                row,
                code: codes[row],
                categories: names.len(),
            });
        }
        let values = Values::Categories(Categories { codes, names });
        Ok(Self { name, values })
    }

    /// What the column is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it holds.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Of which kind its values are.
    pub fn kind(&self) -> Kind {
        match self.values {
            Values::Numbers(_) => Kind::Number,
            Values::Booleans(_) => Kind::Boolean,
            Values::Dates(_) => Kind::Date,
            Values::Categories(_) => Kind::Category,
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Numbers(values) | Values::Dates(values) => values.len(),
            Values::Booleans(values) => values.len(),
            Values::Categories(categories) => categories.codes.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many values are missing.
    pub fn missing(&self) -> usize {
        match &self.values {
            Values::Numbers(values) | Values::Dates(values) => {
                values.iter().filter(|value| value.is_nan()).count()
            }
            Values::Booleans(values) => values.iter().filter(|value| value.is_none()).count(),
            Values::Categories(categories) => {
                let missing = |&&code: &&u32| code == MISSING;
                categories.codes.iter().filter(missing).count()
            }
        }
    }

    /// The rows at `indices`, in that order.
    ///
    /// # Panics
    /// If an index is not below [`len`](Self::len).
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let values = match &self.values {
            Values::Numbers(values) => Values::Numbers(gather(values, indices)),
            Values::Dates(values) => Values::Dates(gather(values, indices)),
            Values::Booleans(values) => Values::Booleans(gather(values, indices)),
            Values::Categories(categories) => Values::Categories(Categories {
                codes: gather(&categories.codes, indices),
                names: Arc::clone(&categories.names),
            }),
        };
        let name = self.name.clone();
        Self { name, values }
    }

    /// Truth values as 0 and 1, dates as days, numbers as they are, NaN where one is missing; `None`
    /// for categories.
    pub fn as_number(&self) -> Option<Box<dyn Fn(usize) -> f64 + '_>> {
        match &self.values {
            Values::Numbers(values) | Values::Dates(values) => Some(Box::new(|row| values[row])),
            Values::Booleans(values) => Some(Box::new(|row| {
                values[row].map_or(f64::NAN, |value| f64::from(u8::from(value)))
            })),
            Values::Categories(_) => None,
        }
    }
}

fn gather<T: Copy>(values: &[T], indices: &[usize]) -> Vec<T> {
    indices.iter().map(|&index| values[index]).collect()
}

fn finite(column: String, values: &[f64]) -> Result<String, TableError> {
    match values.iter().position(|value| value.is_infinite()) {
        None => Ok(column),
        Some(row) => Err(TableError::NotFinite {
            column,
            row,
            value: values[row],
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selected_rows_keep_what_is_missing() {
        let names: Arc<[String]> = ["a", "b"].map(str::to_owned).into();
        let columns = [
            Column::numbers("n", vec![1.0, f64::NAN, 3.0]).unwrap(),
            Column::dates("d", vec![1.0, f64::NAN, 3.0]).unwrap(),
            Column::booleans("t", vec![Some(true), None, Some(false)]),
            Column::categories("c", [Some(1), None, Some(0)], names).unwrap(),
        ];
        for column in columns {
            let selected = column.select(&[2, 1, 1]);
            assert_eq!((column.missing(), selected.missing()), (1, 2));
            assert_eq!(column.select(&[0, 1, 2]), column);
            assert_ne!(selected, column);
        }
    }

    #[test]
    fn infinities_and_unknown_categories_are_refused() {
        let error = Column::numbers("n", vec![0.0, f64::INFINITY]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "row 1, counted from 0, of column n is inf; a number must be finite, or missing"
        );
        let error = Column::categories("c", [Some(1)], ["a".to_owned()].into()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "row 0, counted from 0, of column c is category 1, and there are 1"
        );
    }
}
