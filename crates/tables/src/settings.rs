//! What is done to the columns of a table, and to which of them.

use crate::{Table, TableError, error::listed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The columns that a part of the preparation concerns: all (`true`), none (`false`), or those named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected true, false, or a list of columns")]
#[schemars(inline)]
pub enum Columns {
    /// All of them, or none.
    All(bool),
    /// Those of these names.
    Named(Vec<String>),
}

impl Columns {
    /// Whether the column of this name is one of them.
    pub fn contain(&self, name: &str) -> bool {
        match self {
            Self::All(all) => *all,
            Self::Named(names) => names.iter().any(|named| named == name),
        }
    }
}

/// How a table becomes features. Each part can be turned off, or limited to named columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Settings {
    /// Put the median of the training rows where a number or a date is missing, and the more frequent
    /// of the two where a truth value is. Elsewhere a missing value stays NaN, and most models refuse it.
    pub fill_missing: Columns,
    /// Add a feature that is 1 where the value is missing, if any was missing in the training rows.
    pub indicate_missing: Columns,
    /// Take a missing category for a category of its own. Elsewhere all its features are 0.
    pub missing_category: Columns,
    /// Make a feature of each category, 1 where the row is of it and 0 elsewhere. Columns of
    /// categories that this does not concern are left out.
    pub one_hot: Columns,
    /// Subtract the mean of the training rows from numbers, and divide by their standard deviation.
    pub standardise: Columns,
    /// Leave out what is the same in all training rows.
    pub drop_constant: Columns,
    /// Use dates, as days since 1970-01-01. Columns of dates that this does not concern are left out.
    pub dates: Columns,
    /// Categories of fewer training rows than this share one feature. Those that no training row has
    /// belong to it, too.
    #[schemars(range(min = 1))]
    pub rare_below: usize,
    /// Features of one column of categories at most, the shared one not counted; the most frequent
    /// categories have one of their own.
    #[schemars(range(min = 1))]
    pub most_categories: usize,
}

impl Default for Settings {
    fn default() -> Self {
        let all = || Columns::All(true);
        Self {
            fill_missing: all(),
            indicate_missing: all(),
            missing_category: all(),
            one_hot: all(),
            standardise: all(),
            drop_constant: all(),
            dates: all(),
            rare_below: 5,
            most_categories: 100,
        }
    }
}

impl Settings {
    /// Refuses numbers out of range and names of columns that the table does not have.
    ///
    /// # Errors
    /// [`TableError::Setting`] or [`TableError::NamesNoColumn`].
    pub fn check(&self, table: &Table) -> Result<(), TableError> {
        let counts = [
            ("rare_below", self.rare_below),
            ("most_categories", self.most_categories),
        ];
        if let Some((name, value)) = counts.into_iter().find(|(_, value)| *value == 0) {
            return Err(TableError::Setting {
                name,
                value,
                expected: "1 or more",
            });
        }
        let parts = [
            ("fill_missing", &self.fill_missing),
            ("indicate_missing", &self.indicate_missing),
            ("missing_category", &self.missing_category),
            ("one_hot", &self.one_hot),
            ("standardise", &self.standardise),
            ("drop_constant", &self.drop_constant),
            ("dates", &self.dates),
        ];
        for (setting, part) in parts {
            let Columns::Named(names) = part else {
                continue;
            };
            if let Some(name) = names.iter().find(|name| table.column(name).is_none()) {
                return Err(TableError::NamesNoColumn {
                    setting,
                    column: name.clone(),
                    there: listed(table.columns().iter().map(crate::Column::name)),
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_on_off_or_limited_to_columns() {
        let json = r#"{"standardise": false, "one_hot": ["port"], "rare_below": 2}"#;
        let settings: Settings = serde_json::from_str(json).unwrap();
        assert!(!settings.standardise.contain("age"));
        assert!(settings.one_hot.contain("port") && !settings.one_hot.contain("name"));
        assert!(settings.fill_missing.contain("age"));
        let back = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&back).unwrap(), settings);
        assert!(serde_json::from_str::<Settings>(r#"{"standardize": true}"#).is_err());
    }

    #[test]
    fn the_schema_says_what_each_part_does() {
        let schema = schemars::schema_for!(Settings).to_value();
        let help = &schema["properties"]["standardise"]["description"];
        assert!(help.as_str().unwrap().contains("standard deviation"));
        assert_eq!(schema["properties"]["rare_below"]["minimum"], 1);
        assert_eq!(schema["additionalProperties"], false);
    }
}
