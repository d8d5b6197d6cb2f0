//! What a word in a table is: a missing value, a number, a truth value or a name.

use super::dates;

/// Words that stand for a missing value in tables of text.
const MISSING_WORDS: [&str; 14] = [
    "", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?", "-", ".", "<NA>", "#N/A",
];
const MISSING_LABELS: [&str; 6] = ["", "NA", "NaN", "nan", "?", "<NA>"];

/// How a file writes numbers and missing values.
#[derive(Debug, Clone)]
pub(crate) struct Dialect {
    /// Words that stand for a missing value in every file of this format.
    pub(crate) usual: &'static [&'static str],
    /// Those of them that stand for a missing label, too; a class may well be called None or null.
    pub(crate) usual_labels: &'static [&'static str],
    /// Words that stand for a missing value here.
    pub(crate) missing: Vec<String>,
    /// Whether a number may be written with a decimal comma.
    pub(crate) comma: bool,
    /// Whether the user has a say in which words stand for a missing value, and in what columns hold.
    pub(crate) is_chosen: bool,
}

/// How the fraction of a number is set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    None,
    Point,
    Comma,
}

/// A word of a column that is not known to hold names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Word {
    Missing,
    Number(f64, Mark),
    Date(f64),
    Other,
}

impl Dialect {
    /// That of CSV and its relatives; `missing` are words of the user, if that one has a say.
    pub(crate) fn of_text(missing: &[String], comma: bool, is_chosen: bool) -> Self {
        Self {
            usual: &MISSING_WORDS,
            usual_labels: &MISSING_LABELS,
            missing: missing.to_vec(),
            comma,
            is_chosen,
        }
    }

    /// That of ARFF, where a question mark is the missing value.
    pub(crate) fn of_arff(missing: &[String], is_chosen: bool) -> Self {
        Self {
            usual: &["?"],
            usual_labels: &["?"],
            missing: missing.to_vec(),
            comma: false,
            is_chosen,
        }
    }

    pub(crate) fn read(&self, word: &[u8]) -> Word {
        if self.is_extra_missing(word) {
            return Word::Missing;
        }
        if let Some((number, mark)) = number(word, self.comma) {
            return Word::Number(number, mark);
        }
        if self.is_usual_missing(word) {
            return Word::Missing;
        }
        dates::days(word).map_or(Word::Other, Word::Date)
    }

    /// The word for a missing value that this is.
    pub(crate) fn missing_word(&self, word: &[u8]) -> bool {
        self.is_extra_missing(word) || self.is_usual_missing(word)
    }

    /// Whether a label is missing.
    pub(crate) fn missing_label(&self, word: &[u8]) -> bool {
        self.is_extra_missing(word) || is_one_of(word, self.usual_labels)
    }

    fn is_extra_missing(&self, word: &[u8]) -> bool {
        self.missing
            .iter()
            .any(|missing| missing.as_bytes() == word)
    }

    fn is_usual_missing(&self, word: &[u8]) -> bool {
        // Most words are longer than any of these.
        word.len() <= 4 && is_one_of(word, self.usual)
    }
}

fn is_one_of(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|one| one.as_bytes() == word)
}

/// The finite number that a word is; with `comma`, one that is written `1,5` or `1.234,5`, too.
pub(crate) fn number(word: &[u8], comma: bool) -> Option<(f64, Mark)> {
    // Not "inf" or "nan", which Rust would read.
    let digits = word
        .strip_prefix(b"-")
        .or(word.strip_prefix(b"+"))
        .unwrap_or(word);
    if !digits
        .first()
        .is_some_and(|&c| c.is_ascii_digit() || c == b'.' || c == b',')
    {
        return None;
    }
    let text = std::str::from_utf8(word).ok()?;
    if let Ok(number) = text.parse::<f64>() {
        let mark = if word.contains(&b'.') {
            Mark::Point
        } else {
            Mark::None
        };
        return number.is_finite().then_some((number, mark));
    }
    if !comma {
        return None;
    }
    let (whole, fraction) = text.split_once(',')?;
    let number: f64 = format!("{}.{fraction}", without_thousands(whole)?)
        .parse()
        .ok()?;
    number.is_finite().then_some((number, Mark::Comma))
}

/// `1.234.567` as `1234567`; `None` where the points do not stand before groups of three.
fn without_thousands(whole: &str) -> Option<String> {
    let mut groups = whole.split('.');
    let first = groups.next()?;
    let mut digits = first.to_owned();
    let mut more = groups.peekable();
    let unsigned = first.trim_start_matches(['-', '+']);
    if more.peek().is_some() && !(1..=3).contains(&unsigned.len()) {
        return None;
    }
    for group in more {
        if group.len() != 3 || !group.bytes().all(|c| c.is_ascii_digit()) {
            return None;
        }
        digits.push_str(group);
    }
    Some(digits)
}

/// `true` and `false`, whatever the case.
pub(crate) fn truth(word: &str) -> Option<bool> {
    if word.eq_ignore_ascii_case("true") {
        Some(true)
    } else if word.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_that_people_write() {
        let plain = |word: &str| number(word.as_bytes(), false).map(|(number, _)| number);
        for (word, expected) in [
            ("1", 1.0),
            ("-1.5", -1.5),
            ("+.5", 0.5),
            ("1e3", 1000.0),
            ("5.", 5.0),
            ("007", 7.0),
        ] {
            assert_eq!(plain(word), Some(expected), "{word}");
        }
        for word in [
            "inf", "-inf", "nan", "1e999", "1,5", "0x1F", "1 000", "12%", ".", "-", "e5", "",
        ] {
            assert_eq!(plain(word), None, "{word}");
        }
    }

    #[test]
    fn decimal_commas_are_read_where_they_are_possible() {
        let comma = |word: &str| number(word.as_bytes(), true);
        assert_eq!(comma("1,5"), Some((1.5, Mark::Comma)));
        assert_eq!(comma("-1.234.567,25"), Some((-1234567.25, Mark::Comma)));
        assert_eq!(comma(",5"), Some((0.5, Mark::Comma)));
        assert_eq!(comma("1.5"), Some((1.5, Mark::Point)));
        for word in ["1,5,6", "12.34,5", "1234.567,5", "1,x"] {
            assert_eq!(comma(word), None, "{word}");
        }
    }

    #[test]
    fn missing_words_are_missing_and_so_are_those_of_the_user() {
        let mut dialect = Dialect::of_text(&[], false, true);
        for word in MISSING_WORDS {
            assert_eq!(dialect.read(word.as_bytes()), Word::Missing, "{word}");
        }
        assert_eq!(dialect.read(b"-999"), Word::Number(-999.0, Mark::None));
        dialect.missing.push("-999".to_owned());
        assert_eq!(dialect.read(b"-999"), Word::Missing);
        assert!(!dialect.missing_label(b"None") && dialect.missing_label(b"?"));
    }
}
