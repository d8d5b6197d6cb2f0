//! Data in columns, and as CSV.

/// What a table holds in one column. `None` is a value that there is not.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Words.
    Text(Vec<String>),
    /// Counts, indices and seeds.
    Integers(Vec<Option<i64>>),
    /// Measurements.
    Numbers(Vec<Option<f64>>),
}

/// Columns of one length, each with its name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    columns: Vec<(String, Values)>,
}

impl Table {
    /// With one more column of text.
    #[must_use]
    pub fn text<T: Into<String>>(self, name: &str, values: impl IntoIterator<Item = T>) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.with(name, Values::Text(values))
    }

    /// With one more column of integers.
    #[must_use]
    pub fn integers(self, name: &str, values: impl IntoIterator<Item = Option<usize>>) -> Self {
        let values = values.into_iter().map(|value| value.map(|n| n as i64));
        self.with(name, Values::Integers(values.collect()))
    }

    /// With one more column of numbers.
    #[must_use]
    pub fn numbers(self, name: &str, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        self.with(name, Values::Numbers(values.into_iter().collect()))
    }

    /// # Panics
    /// If the column is not as long as those before it.
    fn with(mut self, name: &str, values: Values) -> Self {
        if let Some((_, first)) = self.columns.first() {
            assert_eq!(values.len(), first.len(), "rows of the column {name}");
        }
        self.columns.push((name.to_owned(), values));
        self
    }

    /// Without the columns that have no value in any row.
    #[must_use]
    pub(crate) fn without_empty(mut self) -> Self {
        self.columns.retain(|(_, values)| match values {
            Values::Text(values) => values.iter().any(|text| !text.is_empty()),
            Values::Integers(values) => values.iter().any(Option::is_some),
            Values::Numbers(values) => values.iter().any(Option::is_some),
        });
        self
    }

    /// The columns in order.
    pub fn columns(&self) -> &[(String, Values)] {
        &self.columns
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, values)| values.len())
    }

    /// One line for the names and one per row, as RFC 4180 has it; numbers with all their digits,
    /// nothing where there is no value.
    #[expect(
        clippy::missing_panics_doc,
        reason = "fields are text, and memory takes them"
    )]
    pub fn to_csv(&self) -> String {
        let mut csv = csv::Writer::from_writer(Vec::new());
        let names = self.columns.iter().map(|(name, _)| name);
        csv.write_record(names).expect("written to memory");
        for row in 0..self.rows() {
            let fields = self.columns.iter().map(|(_, values)| values.field(row));
            csv.write_record(fields).expect("rows of one length");
        }
        let bytes = csv.into_inner().expect("written to memory");
        String::from_utf8(bytes).expect("fields are text")
    }
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::Integers(values) => values.len(),
            Self::Numbers(values) => values.len(),
        }
    }

    fn field(&self, row: usize) -> String {
        match self {
            Self::Text(values) => values[row].clone(),
            Self::Integers(values) => values[row].map_or_else(String::new, |n| n.to_string()),
            Self::Numbers(values) => values[row].map_or_else(String::new, written),
        }
    }
}

/// All digits; the infinite as `report.json` has it.
fn written(x: f64) -> String {
    match x {
        f64::INFINITY => "Infinity".to_owned(),
        f64::NEG_INFINITY => "-Infinity".to_owned(),
        _ => x.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_infinite_is_a_word() {
        let table = Table::default().numbers("x", [Some(f64::INFINITY), Some(-f64::INFINITY)]);
        assert_eq!(table.to_csv(), "x\nInfinity\n-Infinity\n");
    }

    #[test]
    fn csv_quotes_what_it_must_and_leaves_out_what_there_is_not() {
        let table = Table::default()
            .text("id", ["a, b", "say \"c\""])
            .integers("n", [Some(3), None])
            .numbers("x", [None, Some(0.1)]);
        assert_eq!(
            table.to_csv(),
            "id,n,x\n\"a, b\",3,\n\"say \"\"c\"\"\",,0.1\n"
        );
        assert_eq!(table.rows(), 2);
    }

    #[test]
    #[should_panic(expected = "rows of the column n")]
    fn columns_have_one_length() {
        let _ = Table::default().text("id", ["a"]).integers("n", []);
    }
}
