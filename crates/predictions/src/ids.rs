//! What samples are called.

use std::collections::HashMap;

/// What samples are called.
#[derive(Debug)]
pub(crate) enum Ids {
    /// By the number of their row, from 0.
    Rows(usize),
    /// By name, each another.
    Names(Vec<String>),
}

impl Ids {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Rows(rows) => *rows,
            Self::Names(names) => names.len(),
        }
    }

    pub(crate) fn name(&self, sample: usize) -> String {
        match self {
            Self::Rows(_) => sample.to_string(),
            Self::Names(names) => names[sample].clone(),
        }
    }

    /// The sample that each of these names is of.
    pub(crate) fn find(&self, names: &[String]) -> Vec<Option<u32>> {
        match self {
            Self::Rows(rows) => {
                let sample = |name: &String| {
                    let row = name.parse::<u32>().ok()?;
                    // Not "007".
                    ((row as usize) < *rows && row.to_string() == *name).then_some(row)
                };
                names.iter().map(sample).collect()
            }
            Self::Names(ids) => {
                // Mostly files have the order of the truth.
                let in_order = ids.iter().zip(names).take_while(|(a, b)| a == b).count();
                let rest = names.len() > in_order;
                let others = if rest { &ids[in_order..] } else { &[] };
                let numbers = (in_order as u32..).zip(others);
                let known: HashMap<&str, u32> =
                    numbers.map(|(number, id)| (id.as_str(), number)).collect();
                let later = names[in_order..].iter();
                let later = later.map(|name| known.get(name.as_str()).copied());
                (0..in_order as u32).map(Some).chain(later).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn ids_are_found_in_any_order() {
        let ids = Ids::Names(names(&["a", "b", "c", "d"]));
        for (asked, found) in [
            (
                &["a", "b", "c", "d"][..],
                vec![Some(0), Some(1), Some(2), Some(3)],
            ),
            (&["a", "d", "c"], vec![Some(0), Some(3), Some(2)]),
            (
                &["d", "c", "b", "a"],
                vec![Some(3), Some(2), Some(1), Some(0)],
            ),
            (
                &["a", "b", "c", "d", "e"],
                vec![Some(0), Some(1), Some(2), Some(3), None],
            ),
        ] {
            assert_eq!(ids.find(&names(asked)), found, "{asked:?}");
        }
    }

    #[test]
    fn without_ids_they_are_the_numbers_of_rows() {
        let asked = names(&["0", "2", "3", "-1", "02", "1.0", "x", ""]);
        let found = Ids::Rows(3).find(&asked);
        assert_eq!(found[..2], [Some(0), Some(2)]);
        assert_eq!(found[2..], [None; 6]);
    }
}
