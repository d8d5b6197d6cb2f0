//! What samples are called.

use crate::spelling::{by_plain, plain};
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

    /// The sample that each of these names is of: the one that is written so, else the only one that is the same.
    pub(crate) fn find(&self, names: &[String]) -> Vec<Option<u32>> {
        match self {
            Self::Rows(rows) => {
                let sample = |name: &String| {
                    let name = plain(name);
                    let row = name.parse::<u32>().ok()?;
                    // Not "007".
                    ((row as usize) < *rows && row.to_string() == name).then_some(row)
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
                let mut found: Vec<_> = (0..in_order as u32).map(Some).chain(later).collect();
                if found.contains(&None) {
                    let same = by_plain(ids);
                    for (found, name) in found.iter_mut().zip(names) {
                        *found = found.or_else(|| same.get(plain(name)).map(|&at| at as u32));
                    }
                }
                found
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
    fn whole_numbers_are_found_however_they_are_written() {
        let ids = Ids::Names(names(&["1", "2", "2.0", "07", "True"]));
        let asked = names(&["2.0", "1.0", "2", "2.00", "7", "true"]);
        let found = ids.find(&asked);
        assert_eq!(found, [Some(2), Some(0), Some(1), None, None, Some(4)]);
    }

    #[test]
    fn without_ids_they_are_the_numbers_of_rows() {
        let asked = names(&["0", "2", "1.0", "3", "-1", "02", "x", ""]);
        let found = Ids::Rows(3).find(&asked);
        assert_eq!(found[..3], [Some(0), Some(2), Some(1)]);
        assert_eq!(found[3..], [None; 5]);
    }
}
