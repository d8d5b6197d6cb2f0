//! How a text is written: its encoding, its separator, and whether its first line names the columns.

use super::header::{Header, header, names, told_of};
use super::rows::{RECORD, Records, records};
use crate::encodings::{decoded_head, utf_16};
use crate::sizes::in_free_bytes;
use crate::source::Source;
use crate::table::{Schema, shortened};
use crate::{LoadError, Options};
use csv::ByteRecord;
use encoding_rs::Encoding;
use std::collections::BTreeMap;

/// Bytes that are looked at to find out how a file is written.
const HEAD: usize = 1 << 16;
/// Lines of these that are compared.
const LINES: usize = 50;
/// Records without which more bytes are looked at: the first, a row, and one that may be cut.
const FEWEST: usize = 3;
const SEPARATORS: [u8; 4] = *b",;\t|";
/// What begins a first line that names the separator, as Excel reads it.
const NAMED: &[u8] = b"sep=";

/// How a file is written.
#[derive(Debug, PartialEq)]
pub(super) struct Manner {
    /// `None` for everything that is ASCII where it is ASCII.
    pub(super) utf_16: Option<&'static Encoding>,
    pub(super) separator: u8,
    /// Whether the first line does nothing but name the separator.
    is_separator_named: bool,
    pub(super) names: Vec<String>,
    /// Names that several columns had, each with what the second is called.
    pub(super) seconds: BTreeMap<String, String>,
    pub(super) header: Header,
    /// Whether the names of columns are in Latin-1.
    pub(super) is_latin: bool,
    /// What is worth telling of the first line.
    of_first_line: Vec<String>,
    /// Rows of the head, and its bytes.
    density: [usize; 2],
}

impl Manner {
    /// Of a file whose first line names the columns.
    pub(super) fn with_header(source: &Source<'_>) -> Result<Self, LoadError> {
        let options = Options {
            header: Some(true),
            ..Options::default()
        };
        Self::of(source, &options, None)
    }

    /// With a `schema` it is of a second file.
    pub(super) fn of(
        source: &Source<'_>,
        options: &Options,
        schema: Option<&Schema>,
    ) -> Result<Self, LoadError> {
        let head = Head::of(source)?;
        let (first, rows) = head.records.split_first().ok_or_else(|| blank(source))?;
        if first.iter().any(|field| field.contains(&b'\n')) {
            // Its columns are no help to anyone if a quotation mark is open in it.
            let mut records = Records::of(source, head.utf_16, head.separator)?;
            let mut record = ByteRecord::new();
            for _ in 0..=usize::from(head.is_separator_named) {
                records.next(&mut record)?;
            }
        }
        let header = header(first, rows, options, schema);
        let mut is_latin = false;
        let (names, seconds) = if header == Header::No {
            let numbered = (1..=first.len()).map(|i| format!("column {i}"));
            (numbered.collect(), BTreeMap::new())
        } else {
            names(first, &mut is_latin)
        };
        let mut of_first_line: Vec<String> =
            header.note().into_iter().chain(told_of(&seconds)).collect();
        of_first_line.extend(single_marks(&head.records));
        Ok(Self {
            utf_16: head.utf_16,
            separator: head.separator,
            is_separator_named: head.is_separator_named,
            names,
            seconds,
            header,
            is_latin,
            of_first_line,
            density: head.density,
        })
    }

    pub(super) fn has_header(&self) -> bool {
        self.header != Header::No
    }

    /// Records before the first row.
    pub(super) fn before_rows(&self) -> usize {
        usize::from(self.is_separator_named) + usize::from(self.has_header())
    }

    /// Rows that the file should have if it goes on as it begins, with a little to spare; 0 where its
    /// size is not known, or the columns would not fit in memory.
    pub(super) fn expected_rows(&self, source: &Source<'_>) -> usize {
        let [lines, bytes] = self.density;
        let rows = source
            .size()
            .map_or(0, |size| size as usize * lines / bytes);
        let rows = rows + rows / 50 + 1;
        let fits = (rows * self.names.len() * 8) as u64 <= source.limit();
        if source.size().is_some() && fits {
            rows
        } else {
            0
        }
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(encoding) = self.utf_16 {
            notes.push(format!("encoding {}", encoding.name()));
        }
        match self.separator {
            b',' => (),
            b'\t' => notes.push("separator tab".to_owned()),
            b' ' => notes.push("separator blank".to_owned()),
            other => notes.push(format!("separator {}", char::from(other))),
        }
        notes.extend(self.of_first_line.iter().cloned());
        notes
    }
}
/// How a text begins.
struct Head {
    utf_16: Option<&'static Encoding>,
    separator: u8,
    is_separator_named: bool,
    records: Vec<Vec<Vec<u8>>>,
    density: [usize; 2],
}

impl Head {
    /// As much as holds the first record whole, and a row.
    fn of(source: &Source<'_>) -> Result<Self, LoadError> {
        let longest = RECORD.min(source.limit() / 4) as usize;
        let mut most = HEAD;
        loop {
            let bytes = source.head(most)?;
            let is_cut = bytes.len() == most;
            let head = Self::of_bytes(source, &bytes, is_cut)?;
            match head {
                Some(head) if !is_cut || head.records.len() >= FEWEST => return Ok(head),
                // A row as long as this is refused where it stands.
                Some(head) if most > longest && !head.records.is_empty() => return Ok(head),
                head if most > longest => {
                    return Err(LoadError::Line {
                        file: source.name().to_owned(),
                        // Below the one that names the separator.
                        line: 1 + u64::from(head.is_some()),
                        column: None,
                        reason: format!(
                            "a row of more than {}; is a quotation mark not closed?",
                            in_free_bytes(longest as u64)
                        ),
                    });
                }
                _ => most = larger(most, longest),
            }
        }
    }

    /// Of the first bytes of a file, or of all; `None` where they end within the first line.
    fn of_bytes(
        source: &Source<'_>,
        bytes: &[u8],
        is_cut: bool,
    ) -> Result<Option<Self>, LoadError> {
        let text = decoded_head(bytes);
        let utf_16 = utf_16(bytes);
        // The last line may be cut.
        let whole = match text.iter().rposition(|&byte| byte == b'\n') {
            Some(end) if is_cut => &text[..=end],
            None if is_cut && !text.contains(&b'\r') => return Ok(None),
            _ => &text,
        };
        if whole.trim_ascii().is_empty() {
            return Err(blank(source));
        }
        // NumPy writes a header as a comment.
        let whole = whole.strip_prefix(b"# ").unwrap_or(whole);
        let named = named_separator(whole);
        let (separator, whole) = named.unwrap_or_else(|| (separator(whole), whole));
        let lines = whole.split(|&byte| byte == b'\n').count() - 1;
        let width = if utf_16.is_some() { 2 } else { 1 };
        Ok(Some(Self {
            utf_16,
            separator,
            is_separator_named: named.is_some(),
            records: records(whole, separator, LINES),
            density: [lines.max(1), whole.len() * width],
        }))
    }
}

/// Bytes to look at after so many: never more than those of the longest record and one that shows that it goes on.
fn larger(most: usize, longest: usize) -> usize {
    if 4 * most < longest {
        4 * most
    } else {
        longest + 1
    }
}

fn blank(source: &Source<'_>) -> LoadError {
    LoadError::content(source.name(), "there are only blank lines")
}

/// What to say of fields in single quotation marks, which mark nothing in such a text.
fn single_marks(records: &[Vec<Vec<u8>>]) -> Option<String> {
    let begins = |field: &&Vec<u8>| field.len() > 1 && field.starts_with(b"'");
    let field = records.iter().flatten().find(begins)?;
    Some(format!(
        "single quotation marks, as of {}, are part of the values; double ones keep a value together",
        shortened(field)
    ))
}

/// The separator that the first line names, and the text below it.
fn named_separator(text: &[u8]) -> Option<(u8, &[u8])> {
    let end = text.iter().position(|&byte| byte == b'\n')?;
    let line = text[..end].strip_suffix(b"\r").unwrap_or(&text[..end]);
    let (begin, separator) = line.split_at_checked(NAMED.len())?;
    match separator {
        [separator] if begin.eq_ignore_ascii_case(NAMED) => Some((*separator, &text[end + 1..])),
        _ => None,
    }
}

/// The separator that divides most lines into as many fields as the first; of equals, into most. Blanks are in many
/// texts: they separate fields only where nothing else does.
fn separator(text: &[u8]) -> u8 {
    let quality = |separator: u8| {
        let records = records(text, separator, LINES);
        let width = records.first().map_or(0, Vec::len);
        let alike = records
            .iter()
            .filter(|record| record.len() == width)
            .count();
        let alike = if width > 1 {
            alike * 1000 / records.len()
        } else {
            0
        };
        (alike, width)
    };
    let best = SEPARATORS
        .into_iter()
        .rev()
        .max_by_key(|&separator| quality(separator));
    let best = best.expect("there are some");
    let is_divided = |(alike, width): (usize, usize)| width > 1 && alike == 1000;
    let is_aligned = text.windows(2).any(|two| two == b"  ");
    if quality(best).1 < 2 && !is_aligned && is_divided(quality(b' ')) {
        b' '
    } else {
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_looked_at_than_the_longest_record() {
        let looks = |longest: usize| {
            let next = |most: &usize| (*most <= longest).then(|| larger(*most, longest));
            std::iter::successors(Some(HEAD), next).collect::<Vec<_>>()
        };
        assert_eq!(
            looks(RECORD as usize),
            [1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24, (1 << 26) + 1]
        );
        assert_eq!(looks(1 << 17), [1 << 16, (1 << 17) + 1]);
    }
}
