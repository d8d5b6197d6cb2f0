//! A column as it grows, word by word, and what kind it turns out to be.

use super::dictionary::Words;
use super::words::{Dialect, Mark, Word, truth};
use crate::shown;
use std::collections::BTreeSet;
use tables::Kind;

/// What is known of a column before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Nothing: its words decide.
    Guess,
    /// Its kind.
    Of(Kind),
    /// The classes of rows: names, of which few mean that the label is missing.
    Labels,
    /// It does not count.
    Skipped,
}

/// A word that does not belong into its column.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) line: u64,
    pub(crate) column: String,
    pub(crate) reason: String,
}

/// A column that grows by a word per row. Numbers are kept as numbers from the first; text is kept
/// once for each different word.
pub(crate) struct Builder {
    pub(crate) name: String,
    plan: Plan,
    values: Growing,
    rows: usize,
    expected_rows: usize,
    /// Numbers and dates; of these the dates; and words among them, with the first.
    regular: u64,
    dates: u64,
    others: u64,
    first_other: Option<(u64, Vec<u8>)>,
    only_one_other: bool,
    /// What was taken for missing.
    pub(crate) missing_words: BTreeSet<Vec<u8>>,
    pub(crate) missing: u64,
    /// The first lines with a decimal point and with a decimal comma.
    pub(crate) marks: [Option<(u64, Vec<u8>)>; 2],
    /// Whether a decimal comma stands elsewhere than before three digits, where thousands have one.
    pub(crate) has_plain_comma: bool,
    /// The first whole number that is rounded, with its line.
    pub(crate) rounded: Option<(u64, Vec<u8>)>,
}

enum Growing {
    /// All missing so far.
    Nothing,
    Numbers(Vec<f64>),
    Dates(Vec<f64>),
    Words(Words),
    /// Numbers and words: it is read once more when it is known what they are.
    Mixed,
}

/// What a column turned out to be.
pub(crate) enum Built {
    Skipped,
    Numbers(Vec<f64>),
    Dates(Vec<f64>),
    /// Categories or truth values: as it was said before, or else as the words are.
    Words {
        words: Words,
        kind: Option<Kind>,
    },
}

impl Builder {
    /// A column that may grow to about `expected_rows`.
    pub(crate) fn new(name: String, plan: Plan, expected_rows: usize) -> Self {
        let values = match plan {
            Plan::Guess | Plan::Skipped => Growing::Nothing,
            Plan::Of(Kind::Number) => Growing::Numbers(Vec::with_capacity(expected_rows)),
            Plan::Of(Kind::Date) => Growing::Dates(Vec::with_capacity(expected_rows)),
            Plan::Of(Kind::Category | Kind::Boolean) | Plan::Labels => {
                Growing::Words(Words::default())
            }
        };
        Self {
            name,
            plan,
            values,
            rows: 0,
            expected_rows,
            regular: 0,
            dates: 0,
            others: 0,
            first_other: None,
            only_one_other: true,
            missing_words: BTreeSet::new(),
            missing: 0,
            marks: [None, None],
            has_plain_comma: false,
            rounded: None,
        }
    }

    /// Rows so far.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes that it takes in memory, about.
    pub(crate) fn bytes(&self) -> usize {
        match &self.values {
            Growing::Nothing | Growing::Mixed => 0,
            Growing::Numbers(values) | Growing::Dates(values) => 8 * values.len(),
            Growing::Words(words) => words.bytes(),
        }
    }

    /// Adds the next row's word.
    pub(crate) fn push(
        &mut self,
        word: &[u8],
        line: u64,
        dialect: &Dialect,
    ) -> Result<(), Refusal> {
        match self.plan {
            Plan::Skipped => (),
            Plan::Labels => self.push_name(word, dialect.missing_label(word)),
            Plan::Of(Kind::Category) => self.push_name(word, dialect.missing_word(word)),
            Plan::Of(Kind::Boolean) => {
                let is_missing = dialect.missing_word(word);
                if !is_missing && truth(&String::from_utf8_lossy(word)).is_none() {
                    return Err(self.refusal(word, line, "neither true nor false"));
                }
                self.push_name(word, is_missing);
            }
            Plan::Of(Kind::Number | Kind::Date) => self.push_known(word, line, dialect)?,
            Plan::Guess => self.push_guessed(word, line, dialect),
        }
        self.rows += 1;
        Ok(())
    }

    fn push_name(&mut self, word: &[u8], is_missing: bool) {
        if is_missing {
            self.note_missing(word);
        }
        let Growing::Words(words) = &mut self.values else {
            return;
        };
        if is_missing {
            words.push_missing();
        } else {
            words.push(word);
        }
    }

    fn push_known(&mut self, word: &[u8], line: u64, dialect: &Dialect) -> Result<(), Refusal> {
        let read = dialect.read(word);
        match (&mut self.values, read) {
            (Growing::Numbers(values) | Growing::Dates(values), Word::Missing) => {
                values.push(f64::NAN);
                self.note_missing(word);
            }
            (Growing::Numbers(values), Word::Number(number, mark)) => {
                values.push(number);
                self.note_mark(mark, word, line);
                self.note_rounded(number, word, line);
            }
            (Growing::Dates(values), Word::Date(days)) => values.push(days),
            (Growing::Dates(_), _) => {
                return Err(self.refusal(
                    word,
                    line,
                    "neither a date nor one of the missing-value words",
                ));
            }
            _ if dialect.is_chosen => return Err(self.refusal(word, line, NO_NUMBER)),
            _ => return Err(self.refusal(word, line, NO_NUMBER_HERE)),
        }
        Ok(())
    }

    fn push_guessed(&mut self, word: &[u8], line: u64, dialect: &Dialect) {
        // Once there are words, only a new one can change what the column is.
        if let Growing::Words(words) = &mut self.values
            && words.knows(word)
        {
            words.push(word);
            self.others += 1;
            return;
        }
        let read = dialect.read(word);
        match read {
            Word::Missing => self.note_missing(word),
            Word::Number(number, mark) => {
                self.regular += 1;
                self.note_mark(mark, word, line);
                self.note_rounded(number, word, line);
            }
            Word::Date(_) => {
                self.regular += 1;
                self.dates += 1;
            }
            Word::Other => {
                self.others += 1;
                match &self.first_other {
                    None => self.first_other = Some((line, word.to_vec())),
                    Some((_, first)) => self.only_one_other &= first == word,
                }
            }
        }
        match (&mut self.values, read) {
            (Growing::Nothing | Growing::Mixed, Word::Missing) => (),
            (Growing::Numbers(values) | Growing::Dates(values), Word::Missing) => {
                values.push(f64::NAN);
            }
            (Growing::Words(words), Word::Missing) => words.push_missing(),
            (Growing::Numbers(values), Word::Number(number, _)) => values.push(number),
            (Growing::Dates(values), Word::Date(days)) => values.push(days),
            (Growing::Words(words), Word::Other) => words.push(word),
            (Growing::Nothing, _) => self.begin(word, read),
            _ => self.values = Growing::Mixed,
        }
    }

    /// The first value that is not missing.
    fn begin(&mut self, word: &[u8], read: Word) {
        let so_far = || {
            let mut values = Vec::with_capacity(self.expected_rows.max(self.rows + 1));
            values.resize(self.rows, f64::NAN);
            values
        };
        self.values = match read {
            Word::Number(number, _) => {
                let mut values = so_far();
                values.push(number);
                Growing::Numbers(values)
            }
            Word::Date(days) => {
                let mut values = so_far();
                values.push(days);
                Growing::Dates(values)
            }
            _ => {
                let mut words = Words::after(self.rows);
                words.push(word);
                Growing::Words(words)
            }
        };
    }

    fn note_missing(&mut self, word: &[u8]) {
        self.missing += 1;
        // Those of the language and of the user are few.
        if !self.missing_words.contains(word) {
            self.missing_words.insert(word.to_vec());
        }
    }

    fn note_mark(&mut self, mark: Mark, word: &[u8], line: u64) {
        let first = match mark {
            Mark::None => return,
            Mark::Point => &mut self.marks[0],
            Mark::Comma => {
                let digits = word.iter().rev().take_while(|byte| byte.is_ascii_digit());
                let begins_with_0 = word.starts_with(b"0,") || word.starts_with(b"-0,");
                self.has_plain_comma |= digits.count() != 3 || begins_with_0;
                &mut self.marks[1]
            }
        };
        if first.is_none() {
            *first = Some((line, word.to_vec()));
        }
    }

    fn note_rounded(&mut self, number: f64, word: &[u8], line: u64) {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if word.len() < 16 || number.abs() < EXACT || self.rounded.is_some() {
            return;
        }
        let whole = std::str::from_utf8(word)
            .ok()
            .and_then(|word| word.parse::<i128>().ok());
        if whole.is_some_and(|whole| number as i128 != whole) {
            self.rounded = Some((line, word.to_vec()));
        }
    }

    fn refusal(&self, word: &[u8], line: u64, reason: &str) -> Refusal {
        Refusal {
            line,
            column: self.name.clone(),
            reason: format!("'{}' is {reason}", shortened(word)),
        }
    }

    /// Whether it has to be read once more, as a column of categories. A column of numbers with one
    /// odd word, or with few, is refused: the word stands for a missing value, or is a mistake.
    pub(crate) fn must_be_read_again(&self) -> Result<bool, Refusal> {
        if !matches!(self.values, Growing::Mixed) {
            return Ok(false);
        }
        let few = 20 * self.others <= self.others + self.regular;
        match &self.first_other {
            Some((line, word)) if is_infinity(word) => Err(self.refusal(word, *line, INFINITE)),
            Some((line, word)) if few || self.only_one_other => {
                let reason = if self.dates > 0 { NO_DATE } else { NO_NUMBER };
                Err(self.refusal(word, *line, reason))
            }
            _ => Ok(true),
        }
    }

    /// Numbers among the words of a column of categories, and all its values.
    pub(crate) fn regular_share(&self) -> (u64, u64) {
        (self.regular, self.regular + self.others)
    }

    /// Takes the values of a second reading.
    pub(crate) fn replace_values(&mut self, again: Self) {
        self.values = again.values;
        self.missing = again.missing;
        self.missing_words = again.missing_words;
    }

    /// What it turned out to be.
    pub(crate) fn finish(self) -> Built {
        match self.values {
            _ if self.plan == Plan::Skipped => Built::Skipped,
            Growing::Nothing | Growing::Mixed => Built::Numbers(vec![f64::NAN; self.rows]),
            Growing::Numbers(values) => Built::Numbers(values),
            Growing::Dates(values) => Built::Dates(values),
            Growing::Words(words) => Built::Words {
                words,
                kind: match self.plan {
                    Plan::Of(kind) => Some(kind),
                    _ => None,
                },
            },
        }
    }
}

/// What other programs write for an infinity, whatever the case.
fn is_infinity(word: &[u8]) -> bool {
    let unsigned = word.strip_prefix(b"-").or(word.strip_prefix(b"+"));
    let word = unsigned.unwrap_or(word);
    [&b"inf"[..], b"infinity"]
        .iter()
        .any(|one| word.eq_ignore_ascii_case(one))
}

const NO_DATE: &str = "neither a date nor one of the missing-value words (NA, NaN, null, ?, ...): name it in --missing, or the column in --categories";
const INFINITE: &str =
    "not finite; a number must be finite, or missing: --missing names words that mean so";
const NO_NUMBER: &str = "neither a number nor one of the missing-value words (NA, NaN, null, ?, ...): name it in --missing, or the column in --categories";

const NO_NUMBER_HERE: &str =
    "neither a number nor one of the missing-value words (NA, NaN, null, ?, ...)";

/// A value for a message: one line, not long.
pub(crate) fn shortened(word: &[u8]) -> String {
    shown(&String::from_utf8_lossy(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(words: &[&str]) -> Result<(Builder, bool), Refusal> {
        let mut builder = Builder::new("age".to_owned(), Plan::Guess, 0);
        for (row, word) in words.iter().enumerate() {
            builder.push(
                word.as_bytes(),
                row as u64 + 2,
                &Dialect::of_text(&[], false, true),
            )?;
        }
        let again = builder.must_be_read_again()?;
        Ok((builder, again))
    }

    #[test]
    fn missing_values_before_the_first_are_counted() {
        let (builder, again) = built(&["?", "NA", "3", "", "4"]).unwrap();
        assert!(!again);
        assert_eq!(builder.missing, 3);
        let Built::Numbers(values) = builder.finish() else {
            panic!("numbers were given");
        };
        assert!(values[..2].iter().all(|value| value.is_nan()));
        assert_eq!((values[2], values[4]), (3.0, 4.0));
    }

    #[test]
    fn one_word_among_numbers_is_refused_with_its_line() {
        for words in [
            &["1", "2", "unknown"][..],
            &["unknown", "1", "2"],
            &["1", "unknown", "unknown"],
            &["2024-01-01", "2024-01-02", "soon"],
        ] {
            let error = built(words).map(|_| ()).unwrap_err();
            assert!(error.reason.starts_with('\''), "{}", error.reason);
            let kind = if words[0].starts_with("2024") {
                "date"
            } else {
                "number"
            };
            assert!(
                error
                    .reason
                    .contains(&format!("neither a {kind} nor one of"))
            );
            let word = words
                .iter()
                .position(|w| w.len() < 10 && w.starts_with(['u', 's']));
            assert_eq!(error.line, word.unwrap() as u64 + 2);
        }
    }

    #[test]
    fn many_words_among_numbers_are_categories() {
        let (builder, again) = built(&["113803", "A/5 21171", "PC 17599", "7"]).unwrap();
        assert!(again);
        assert_eq!(builder.regular_share(), (2, 4));
    }

    #[test]
    fn a_word_in_a_message_is_one_short_line() {
        let long = format!("a\nb\u{7}{}", "x".repeat(100));
        let short = shortened(long.as_bytes());
        assert!(short.starts_with("a\\nb\\u{7}x") && short.ends_with('…'));
        assert_eq!(shortened(b"it's"), "it's");
    }
}
