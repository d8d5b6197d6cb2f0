//! The judged rows in groups, by the values of a column.

use crate::failure::{Failure, Place};
use records::SliceRecord;
use tables::{Column, Groups};

/// The rows of a table in the groups of the column of that name.
///
/// # Errors
/// If there is no such column, or there are no columns.
pub(crate) fn slices(columns: Option<&[Column]>, name: &str) -> Result<SliceRecord, Failure> {
    let refused = |reason: String| Failure::Syntax {
        place: Place::Option("slice".to_owned()),
        reason,
    };
    let Some(columns) = columns else {
        return Err(refused(
            "the data have no columns; slices are of tables".to_owned(),
        ));
    };
    let Some(column) = columns.iter().find(|column| column.name() == name) else {
        let names: Vec<&str> = columns.iter().map(Column::name).collect();
        let names = names.join(", ");
        return Err(refused(format!(
            "no column is called {name}; there are {names}"
        )));
    };
    let Groups { names, of } = column.groups();
    Ok(SliceRecord {
        column: name.to_owned(),
        names,
        of,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_is_not_there_is_refused() {
        let columns = [Column::numbers("age", vec![1.0]).unwrap()];
        let refused = |columns| slices(columns, "sex").unwrap_err().to_string();
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
