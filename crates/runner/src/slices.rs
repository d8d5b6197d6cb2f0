//! The judged rows in groups, by the values of a column.

use crate::failure::{Failure, Place};
use records::SliceRecord;
use tables::{Column, Groups};

/// The rows of a table in the groups of the column of that name, whatever the case; of those `beside` that nothing is
/// learnt from, too.
///
/// # Errors
/// If there is no such column, or there are no columns.
pub(crate) fn slices(
    columns: Option<&[Column]>,
    beside: &[Column],
    name: &str,
) -> Result<SliceRecord, Failure> {
    let refused = |reason: String| Failure::Syntax {
        place: Place::Option("slice".to_owned()),
        reason,
    };
    let Some(columns) = columns else {
        return Err(refused(
            "the data have no columns; slices are of tables".to_owned(),
        ));
    };
    let columns: Vec<&Column> = columns.iter().chain(beside).collect();
    let exactly = columns.iter().find(|column| column.name() == name);
    let alike = || {
        let lower = name.to_lowercase();
        let mut alike = columns
            .iter()
            .filter(|of| of.name().to_lowercase() == lower);
        alike.next().filter(|_| alike.next().is_none())
    };
    let Some(column) = exactly.or_else(alike) else {
        let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
        let names = names.join(", ");
        return Err(refused(format!(
            "no column is called {name}; there are {names}"
        )));
    };
    let Groups { names, of } = column.groups();
    Ok(SliceRecord {
        column: column.name().to_owned(),
        names,
        of,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_in_any_case_and_beside_those_that_are_learnt_from() {
        let columns = ["age", "Sex", "SEX"].map(|name| Column::numbers(name, vec![1.0]).unwrap());
        let (columns, beside) = columns.split_at(2);
        let found = |name| slices(Some(columns), beside, name).map(|found| found.column);
        assert_eq!(found("AGE").unwrap(), "age");
        assert_eq!(found("SEX").unwrap(), "SEX");
        assert!(found("sex").is_err());
    }

    #[test]
    fn a_column_that_is_not_there_is_refused() {
        let columns = [Column::numbers("age", vec![1.0]).unwrap()];
        let refused = |columns| slices(columns, &[], "sex").unwrap_err().to_string();
        assert_eq!(
            refused(Some(&columns[..])),
            "slice: no column is called sex; there are age"
        );
        assert_eq!(
            refused(None),
            "slice: the data have no columns; slices are of tables"
        );
    }
}
