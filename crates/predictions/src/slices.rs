//! The rows of the truth in groups, by the values of a column.

use records::SliceRecord;
use tables::{Column, Groups};

/// The groups of a column, which has numbers if all its words are some, and else names. `codes` are of each row its
/// place among the words.
pub(crate) fn of(name: &str, codes: &[Option<u32>], words: &[String]) -> SliceRecord {
    let Groups { names, of } = numbers(name, codes, words)
        .unwrap_or_else(|| categories(name, codes, words))
        .groups();
    SliceRecord {
        column: name.to_owned(),
        names,
        of,
    }
}

fn numbers(name: &str, codes: &[Option<u32>], words: &[String]) -> Option<Column> {
    let numbers: Result<Vec<f64>, _> = words.iter().map(|word| word.parse()).collect();
    let numbers = numbers.ok()?;
    let of_row = |code: &Option<u32>| code.map_or(f64::NAN, |code| numbers[code as usize]);
    // An infinity is a name.
    Column::numbers(name, codes.iter().map(of_row).collect()).ok()
}

fn categories(name: &str, codes: &[Option<u32>], words: &[String]) -> Column {
    Column::categories(name, codes.iter().copied(), words.into())
        .expect("a place among these words")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_words(words: &[&str]) -> SliceRecord {
        let codes: Vec<Option<u32>> = (0..words.len() as u32).map(Some).chain([None]).collect();
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        of("age", &codes, &words)
    }

    #[test]
    fn words_that_are_all_numbers_are_in_the_order_of_numbers() {
        let found = of_words(&["10", "9.5", "-1e1"]);
        assert_eq!(found.names, ["-10", "9.5", "10", "missing"]);
        assert_eq!(found.of, [2, 1, 0, 3]);
        for words in [["10", "9", "x"], ["10", "9", "inf"]] {
            assert_eq!(of_words(&words).names[..3], words);
        }
    }
}
