//! Rows as svmlight and libsvm write them: a label, then `feature:value` for what is not 0.
//!
//! <https://www.cs.cornell.edu/people/tj/svm_light/>: features are counted from 1 and ascend; `qid:`
//! marks rows that belong together; `#` begins a comment. Files that count from 0 are recognised; where
//! a training or a test file does, both do. Labels are numbers, or names in all rows.

use crate::LoadError;
use crate::found::RawSamples;
use crate::lines::Lines;
use crate::rounding::lost;
use crate::sizes::in_bytes;
use crate::source::Source;
use crate::table::{Coded, Interned, LATIN, decoded, shortened};
use data::Samples;

/// Whether lines look like rows: each begins with a number, or several with commas, and one has a pair, which is found
/// before anything else is. Names may stand there in place of numbers where all else of all lines are pairs; the last
/// line may be cut.
pub(crate) fn are_rows<'a>(lines: impl Iterator<Item = &'a [u8]> + Clone) -> bool {
    are_numbered(lines.clone()) || are_named(lines)
}

/// Whether lines look like rows but for their labels, which are several words or stand in quotation marks: two pairs or
/// more, one after another, end each of them.
pub(crate) fn are_rows_of_words<'a>(lines: impl Iterator<Item = &'a [u8]>) -> bool {
    // The last may be cut.
    let mut lines = lines.collect::<Vec<_>>();
    lines.truncate(lines.len().max(2) - 1);
    let ends_in_pairs = |line: &&[u8]| {
        let words: Vec<&[u8]> = words(without_comment(line)).collect();
        let is_whole = |word: &&&[u8]| {
            let colon = word.iter().position(|&byte| byte == b':');
            colon.is_some_and(|at| at > 0 && is_pair(word) && is_number(&word[at + 1..]))
        };
        let pairs = words.iter().rev().take_while(is_whole).count();
        pairs >= 2 && pairs < words.len() && !line.iter().any(|byte| b",;\t|".contains(byte))
    };
    !lines.is_empty() && lines.iter().all(ends_in_pairs)
}

fn are_numbered<'a>(lines: impl Iterator<Item = &'a [u8]>) -> bool {
    for line in lines {
        let mut words = words(line);
        let label = words.next().and_then(|word| std::str::from_utf8(word).ok());
        let is_number = |word: &str| word.parse::<f64>().is_ok();
        let is_label = label.is_some_and(|word| word.split(',').all(is_number));
        match words.next() {
            _ if !is_label => return false,
            Some(word) => return word.starts_with(b"#") || is_pair(word),
            // All of its features are 0.
            None => (),
        }
    }
    false
}

fn are_named<'a>(lines: impl Iterator<Item = &'a [u8]>) -> bool {
    let mut lines = lines.peekable();
    let mut has_pair = false;
    while let Some(line) = lines.next() {
        let mut words = words(without_comment(line));
        let is_name = |word: &[u8]| !word.iter().any(|byte| b",;:\t|\"'".contains(byte));
        if !words.next().is_some_and(is_name) {
            return false;
        }
        for word in words {
            let colon = word.iter().position(|&byte| byte == b':');
            let is_whole = colon.is_some_and(|at| {
                is_pair(word) && at > 0 && (word.starts_with(b"q") || is_number(&word[at + 1..]))
            });
            // What is cut off at the end of what is looked at has something before it.
            if !is_whole && (lines.peek().is_some() || !has_pair) {
                return false;
            }
            has_pair |= is_whole;
        }
    }
    has_pair
}

fn is_number(word: &[u8]) -> bool {
    number::<f64>(word).is_some()
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let words = line.split(u8::is_ascii_whitespace);
    words.filter(|word| !word.is_empty())
}

fn without_comment(line: &[u8]) -> &[u8] {
    line.split(|&byte| byte == b'#').next().unwrap_or_default()
}

fn is_pair(word: &[u8]) -> bool {
    let colon = word.iter().position(|&byte| byte == b':');
    colon.is_some_and(|at| word[..at] == *b"qid" || word[..at].iter().all(u8::is_ascii_digit))
}

/// A feature, and its value as it is written: what 32 bits lose of it is told.
type Pair = (u32, f64);

/// Rows as they come: only what is not 0.
#[derive(Default)]
struct Sparse {
    labels: Interned,
    /// Whether labels are names, by that of the first row.
    are_named: Option<bool>,
    groups: Interned,
    grouped: usize,
    /// Where each row ends in `values`.
    ends: Vec<usize>,
    values: Vec<Pair>,
    highest: u32,
    counts_from_0: bool,
    /// Whether a label is not UTF-8.
    is_latin: bool,
}

/// Reads a file into dense rows.
pub(crate) fn read(source: &Source<'_>) -> Result<RawSamples, LoadError> {
    let rows = sparse(source, true)?;
    let first = u32::from(!rows.counts_from_0);
    let width = (rows.highest + 1).saturating_sub(first) as usize;
    rows.dense(source, first, width)
}

/// Reads a file into dense rows of so many features, counted from the number that is `said`, or else from that of the
/// rows that a model was `fitted` to. Without either they are counted from 0 where one is 0, and from 1 where one has
/// the number of the last.
pub(crate) fn as_wide(
    source: &Source<'_>,
    features: usize,
    said: Option<u32>,
    fitted: Option<u32>,
) -> Result<Samples, LoadError> {
    let rows = sparse(source, false)?;
    let wrong = |reason: String| Err(LoadError::content(source.name(), reason));
    let (has_0, highest) = (rows.counts_from_0, rows.highest as usize);
    let as_fitted = match (said, fitted) {
        (None, Some(_)) => " as in the data of the fit",
        _ => "",
    };
    let first = match said.or(fitted) {
        Some(1) if has_0 => {
            return wrong(format!(
                "there is a feature 0, so that they are not counted from 1{as_fitted}"
            ));
        }
        Some(first) => first,
        None if has_0 => 0,
        None if highest >= features => 1,
        None => {
            return wrong(format!(
                "no feature is 0, and the last of {features} is not there, but {highest}: they may be counted from 0 or from 1; say --counted-from 0 or --counted-from 1"
            ));
        }
    };
    if highest >= features + first as usize {
        return wrong(format!(
            "feature {highest} counted from {first}{as_fitted}, and the model was fitted to {features}"
        ));
    }
    Ok(rows.dense(source, first, features)?.samples)
}

/// Rows as they come; those whose labels do not matter may have numbers and names.
fn sparse(source: &Source<'_>, labels_matter: bool) -> Result<Sparse, LoadError> {
    let mut lines = Lines::of(source)?;
    let mut rows = Sparse::default();
    while let Some((_, line)) = lines.next()? {
        let line = without_comment(line);
        if line.trim_ascii().is_empty() {
            continue;
        }
        let line = line.to_vec();
        rows.push(&line, labels_matter)
            .map_err(|reason| lines.error(reason))?;
        // What grows may have twice the room that it fills.
        if (2 * size_of::<Pair>() * rows.values.len()) as u64 > source.limit() {
            return Err(source.no_memory("its rows"));
        }
    }
    Ok(rows)
}

impl Sparse {
    fn push(&mut self, line: &[u8], labels_matter: bool) -> Result<(), String> {
        let mut words = words(line);
        let label = words.next().unwrap_or_default();
        self.push_label(label, labels_matter)?;
        let mut last = None;
        for word in words {
            let pair = word.iter().position(|&byte| byte == b':');
            let Some(colon) = pair else {
                return Err(format!("'{}' is no pair feature:value", shortened(word)));
            };
            let (feature, value) = (&word[..colon], &word[colon + 1..]);
            if feature == b"qid" {
                self.groups.push(&String::from_utf8_lossy(value));
                self.grouped += 1;
                continue;
            }
            let feature = number::<u32>(feature)
                .filter(|feature| *feature < u32::MAX)
                .ok_or_else(|| format!("'{}' is no number of a feature", shortened(feature)))?;
            if last.is_some_and(|last| last >= feature) {
                return Err(format!(
                    "feature {feature} does not come after the one before it; features must ascend"
                ));
            }
            last = Some(feature);
            let value = number::<f64>(value)
                .filter(|value| (*value as f32).is_finite())
                .ok_or_else(|| {
                    format!(
                        "'{}' of feature {feature} is no finite number; numbers up to 3.4e38 are read",
                        shortened(value)
                    )
                })?;
            self.counts_from_0 |= feature == 0;
            self.highest = self.highest.max(feature);
            self.values.push((feature, value));
        }
        self.ends.push(self.values.len());
        Ok(())
    }

    /// Numbers and names in one file are a mistake: a letter too many would be a class of its own.
    fn push_label(&mut self, word: &[u8], labels_matter: bool) -> Result<(), String> {
        let name = label_name(word, &mut self.is_latin)?;
        let is_named = !is_number(word);
        if labels_matter && *self.are_named.get_or_insert(is_named) != is_named {
            let [this, others] = if is_named {
                ["a name", "numbers"]
            } else {
                ["a number", "names"]
            };
            return Err(format!(
                "the label '{}' is {this}, and those above are {others}; labels are all numbers or all names",
                shortened(word)
            ));
        }
        self.labels.push(&name);
        Ok(())
    }

    /// Rows of `width` features, of which the first has the number `first` and none is beyond the last.
    fn dense(self, source: &Source<'_>, first: u32, width: usize) -> Result<RawSamples, LoadError> {
        let rows = self.ends.len();
        if width == 0 {
            return Err(LoadError::content(source.name(), "no row has a feature"));
        }
        let bytes = 4 * rows as u128 * width as u128;
        if bytes > u128::from(source.limit()) {
            let needed = in_bytes(u64::try_from(bytes).unwrap_or(u64::MAX));
            return Err(LoadError::Memory {
                file: source.name().to_owned(),
                needed: format!("{rows} rows of {width} features, {needed} with their zeros"),
                limit: source.limit(),
            });
        }
        let groups = match self.grouped {
            0 => None,
            all if all == rows => Some(self.groups.into_coded()),
            some => {
                let reason =
                    format!("{some} of {rows} rows have a qid; all must have one, or none");
                return Err(LoadError::content(source.name(), reason));
            }
        };
        let mut values = vec![0.0; rows * width];
        let mut start = 0;
        for (row, &end) in values.chunks_exact_mut(width).zip(&self.ends) {
            for &(feature, value) in &self.values[start..end] {
                row[(feature - first) as usize] = value as f32;
            }
            start = end;
        }
        let latin = self.is_latin.then(|| LATIN.to_owned());
        let mut notes: Vec<String> = latin.into_iter().collect();
        notes.push(format!("features counted from {first}"));
        notes.extend(lost(rows, width, |row, feature| {
            let begin = row.checked_sub(1).map_or(0, |before| self.ends[before]);
            let of_row = &self.values[begin..self.ends[row]];
            let wanted = feature as u32 + first;
            let found = of_row.binary_search_by_key(&wanted, |(feature, _)| *feature);
            found.map_or(0.0, |place| of_row[place].1)
        }));
        let labels: Coded = self.labels.into_coded();
        Ok(RawSamples {
            samples: Samples::from_features(width, values)?,
            labels,
            groups,
            label: "the label",
            counted_from: Some(first),
            notes,
        })
    }
}

/// `+1` and `1.0` are the class `1`; what is no number is a name.
fn label_name(word: &[u8], is_latin: &mut bool) -> Result<String, String> {
    let word_shown = || shortened(word);
    match number::<f64>(word) {
        Some(label) if label.fract() == 0.0 && label.abs() < 1e15 => {
            Ok(format!("{}", label as i64))
        }
        Some(label) if label.is_finite() => Ok(label.to_string()),
        Some(_) => Err(format!(
            "'{}' is no label; a row begins with a number or a name",
            word_shown()
        )),
        None if word.contains(&b',') => Err(format!(
            "'{}' is more than one label; rows of one class each are compared",
            word_shown()
        )),
        None if word.contains(&b':') => Err(format!(
            "'{}' stands where the label should be; a row begins with a number or a name",
            word_shown()
        )),
        None => Ok(decoded(word, is_latin)),
    }
}

fn number<T: std::str::FromStr>(word: &[u8]) -> Option<T> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Result<RawSamples, String> {
        let source = Source::memory("rows", text.as_bytes(), 1 << 20);
        read(&source).map_err(|error| error.to_string())
    }

    fn are(text: &str) -> bool {
        are_rows(text.lines().map(str::as_bytes))
    }

    #[test]
    fn names_are_labels_where_all_else_is_pairs() {
        for rows in [
            "cat 1:0.5 3:1\ndog 2:1\n",
            "cat qid:1 1:0.5 # a comment\ndog\ncat 1:2 2:",
            "+1 1:0.5\n-1 2:1\n",
            "1,2 1:0.5",
        ] {
            assert!(are(rows), "{rows}");
        }
        for others in [
            "day time\nMon 10:30\n",
            "a,b\nc,1:2\n",
            "cat 1:0.5\na word\ndog 1:2\n",
            "cat a:1\n",
            "cat :1\n",
            "cat\ndog\n",
            "cat 1:x\ndog 1:2\n",
        ] {
            assert!(!are(others), "{others}");
        }
        for words in ["big cat 1:2 3:4\n\"a\" 2:3 4:5\nx", "'a' 1:2 2:3\n"] {
            assert!(!are(words), "{words}");
            assert!(
                are_rows_of_words(words.lines().map(str::as_bytes)),
                "{words}"
            );
        }
        for others in [
            "day 10:30\n",
            "1:2 3:4\n",
            "name start end\na 10:30 11:00\nb 1:1 2:2\n",
        ] {
            assert!(
                !are_rows_of_words(others.lines().map(str::as_bytes)),
                "{others}"
            );
        }
        let read = found("cat 1:0.5 3:1\ndog 2:1\ncat 1:1\n").unwrap();
        assert_eq!(read.labels.names, ["cat", "dog"]);
        assert_eq!(read.samples.to_f32()[..6], [0.5, 0.0, 1.0, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn labels_that_are_not_utf_8_are_told() {
        let source = Source::memory("rows", b"Caf\xe9 1:2\nTee 1:3\n", 1 << 20);
        let read = read(&source).unwrap();
        assert_eq!(read.labels.names, ["Café", "Tee"]);
        assert_eq!(
            read.notes,
            ["encoding Latin-1 (Windows-1252)", "features counted from 1"]
        );
    }

    #[test]
    fn labels_of_rows_that_a_model_is_asked_about_do_not_matter() {
        let source = Source::memory("rows", b"cat 1:2\n0 1:3\n", 1 << 20);
        let samples = as_wide(&source, 1, None, Some(1)).unwrap();
        assert_eq!(samples.to_f32()[..], [2.0, 3.0]);
    }

    #[test]
    fn labels_that_are_names_and_numbers_are_refused_with_their_line() {
        for (text, expected) in [
            (
                "1 1:2\n1e 1:3\n",
                "rows: line 2: the label '1e' is a name, and those above are numbers; labels are all numbers or all names",
            ),
            (
                "cat 1:2\n# a comment\n7 1:3\n",
                "rows: line 3: the label '7' is a number, and those above are names; labels are all numbers or all names",
            ),
            (
                "nan 1:2\n",
                "rows: line 1: 'nan' is no label; a row begins with a number or a name",
            ),
            (
                "1 1:2\n1:2 3:4\n",
                "rows: line 2: '1:2' stands where the label should be; a row begins with a number or a name",
            ),
        ] {
            assert_eq!(found(text).unwrap_err(), expected);
        }
    }
}
