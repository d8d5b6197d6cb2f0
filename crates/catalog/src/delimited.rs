//! Tables as text: CSV, TSV and their relatives, in the encoding that they happen to have.

use crate::error::{in_bytes, one_line};
use crate::source::Source;
use crate::table::{
    Builder, Dialect, Plan, RawTable, Refusal, Role, Schema, decoded, finish, roles, shortened,
};
use crate::{LoadError, Options};
use csv::{ByteRecord, Reader, ReaderBuilder};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE};
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::io::{self, Read};
use std::rc::Rc;

/// Bytes that are looked at to find out how a file is written.
const HEAD: usize = 1 << 16;
/// Lines of these that are compared.
const LINES: usize = 50;
/// Longest record.
const RECORD: u64 = 64 << 20;
const SEPARATORS: [u8; 4] = *b",;\t|";
/// What begins a first line that names the separator, as Excel reads it.
const NAMED: &[u8] = b"sep=";
/// Records between two looks at the memory.
const WATCHED: u64 = 512;

/// Bytes since the last record, and its line.
type Place = Rc<Cell<(u64, u64)>>;

/// How a file is written.
#[derive(Debug, PartialEq)]
struct Manner {
    /// `None` for everything that is ASCII where it is ASCII.
    utf_16: Option<&'static Encoding>,
    separator: u8,
    /// Whether the first line does nothing but name the separator.
    is_separator_named: bool,
    names: Vec<String>,
    has_header: bool,
    /// Whether the names of columns are in Latin-1.
    is_latin: bool,
    /// Rows of the head, and its bytes.
    density: [usize; 2],
}

/// Reads a table of text. With a `schema` it is a second file, and must have the columns of the first.
pub(crate) fn read(
    source: &Source<'_>,
    options: &Options,
    schema: Option<&Schema>,
) -> Result<RawTable, LoadError> {
    let manner = Manner::of(source, options)?;
    let roles = roles(source.name(), &manner.names, options, schema)?;
    let (plans, roles): (Vec<Plan>, Vec<Role>) =
        roles.into_iter().map(|(role, plan)| (plan, role)).unzip();
    let dialect = Dialect::of_text(&options.missing, manner.separator != b',');

    let mut builders = pass(source, &manner, &plans, &dialect)?;
    let mut again = plans.clone();
    for (builder, plan) in builders.iter().zip(&mut again) {
        let words = builder.must_be_read_again();
        if words.map_err(|refusal| refused(source, refusal))? {
            *plan = Plan::Of(tables::Kind::Category);
        }
    }
    let marks = check_marks(source, &builders)?;
    if again != plans {
        // Columns that are as they should be are not built twice.
        let changed = |(plan, before): (&Plan, &Plan)| {
            if plan == before { Plan::Skipped } else { *plan }
        };
        let second: Vec<Plan> = again.iter().zip(&plans).map(changed).collect();
        let rebuilt = pass(source, &manner, &second, &dialect)?;
        for ((builder, rebuilt), plan) in builders.iter_mut().zip(rebuilt).zip(&second) {
            if *plan != Plan::Skipped {
                builder.replace_values(rebuilt);
            }
        }
    }
    let mut notes = manner.notes();
    notes.extend(marks);
    finish(source.name(), builders, &roles, manner.is_latin, notes)
}

/// Reads columns of which it is known what they are; there must be a header.
pub(crate) fn columns(
    source: &Source<'_>,
    plan: &dyn Fn(&str) -> Plan,
) -> Result<Vec<Builder>, LoadError> {
    let manner = Manner::with_header(source)?;
    let plans: Vec<Plan> = manner.names.iter().map(|name| plan(name)).collect();
    let dialect = Dialect::of_text(&[], manner.separator != b',');
    let builders = pass(source, &manner, &plans, &dialect)?;
    check_marks(source, &builders)?;
    Ok(builders)
}

/// The line in which a row of such a file begins; `None` if there are fewer rows.
pub(crate) fn line_of_row(source: &Source<'_>, row: usize) -> Result<Option<u64>, LoadError> {
    let manner = Manner::with_header(source)?;
    let (mut reader, place) = manner.reader(source)?;
    let mut record = ByteRecord::new();
    for _ in 0..=row + manner.before_rows() {
        let read = reader.read_byte_record(&mut record);
        if !read.map_err(|error| broken(source, error))? {
            return Ok(None);
        }
        place.set((0, record.position().map_or(0, csv::Position::line)));
    }
    Ok(record.position().map(csv::Position::line))
}

fn refused(source: &Source<'_>, refusal: Refusal) -> LoadError {
    LoadError::Line {
        file: source.name().to_owned(),
        line: refusal.line,
        column: Some(refusal.column),
        reason: refusal.reason,
    }
}

fn at_line(source: &Source<'_>, line: u64, reason: impl Into<String>) -> LoadError {
    LoadError::Line {
        file: source.name().to_owned(),
        line,
        column: None,
        reason: reason.into(),
    }
}

/// Points and commas cannot both be decimal marks. Says which it is, if it is the comma.
fn check_marks(source: &Source<'_>, builders: &[Builder]) -> Result<Option<String>, LoadError> {
    let first = |mark: usize| {
        builders.iter().find_map(|builder| {
            let (line, word) = builder.marks[mark].as_ref()?;
            Some((&builder.name, *line, shortened(word)))
        })
    };
    match (first(0), first(1)) {
        (Some((point_column, point_line, point)), Some((column, line, word))) => {
            Err(LoadError::Line {
                file: source.name().to_owned(),
                line,
                column: Some(column.clone()),
                reason: format!(
                    "'{word}' has a decimal comma, and '{point}' of column {point_column} in line {point_line} a decimal point; one file needs one of them"
                ),
            })
        }
        (None, Some(_)) => Ok(Some("decimal comma".to_owned())),
        _ => Ok(None),
    }
}

/// Reads the whole file once into columns.
fn pass(
    source: &Source<'_>,
    manner: &Manner,
    plans: &[Plan],
    dialect: &Dialect,
) -> Result<Vec<Builder>, LoadError> {
    let expected = manner.expected_rows(source);
    let names = manner.names.iter().cloned();
    let mut builders: Vec<Builder> = names
        .zip(plans)
        .map(|(name, plan)| Builder::new(name, *plan, expected))
        .collect();
    let (mut reader, place) = manner.reader(source)?;
    let mut record = ByteRecord::new();
    let mut before_rows = manner.before_rows();
    let mut records = 0;
    while reader
        .read_byte_record(&mut record)
        .map_err(|error| broken(source, error))?
    {
        let line = record.position().map_or(0, csv::Position::line);
        place.set((0, line));
        if before_rows > 0 {
            before_rows -= 1;
            continue;
        }
        check(source, &record, line, builders.len(), manner.has_header)?;
        for (builder, word) in builders.iter_mut().zip(&record) {
            let pushed = builder.push(word.trim_ascii(), line, dialect);
            pushed.map_err(|refusal| refused(source, refusal))?;
        }
        records += 1;
        if records % WATCHED == 0 {
            watch(source, &builders)?;
        }
    }
    if records == 0 {
        let reason = "there is a header and no row below it";
        return Err(LoadError::content(source.name(), reason));
    }
    watch(source, &builders)?;
    Ok(builders)
}

fn check(
    source: &Source<'_>,
    record: &ByteRecord,
    line: u64,
    width: usize,
    has_header: bool,
) -> Result<(), LoadError> {
    if record.len() != width {
        let first = if has_header {
            "the header"
        } else {
            "the first row"
        };
        let s = if record.len() == 1 { "" } else { "s" };
        let reason = format!("{} field{s}, and {first} has {width}", record.len());
        return Err(at_line(source, line, reason));
    }
    if record.as_slice().contains(&0) {
        let reason = "a NUL byte; a table is text, and this may be something else";
        return Err(at_line(source, line, reason));
    }
    Ok(())
}

fn watch(source: &Source<'_>, builders: &[Builder]) -> Result<(), LoadError> {
    let bytes: usize = builders.iter().map(Builder::bytes).sum();
    if bytes as u64 > source.limit() {
        return Err(source.no_memory("its columns"));
    }
    Ok(())
}

fn broken(source: &Source<'_>, error: csv::Error) -> LoadError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => source.error(error),
        other => LoadError::content(source.name(), format!("{other:?}")),
    }
}

impl Manner {
    fn with_header(source: &Source<'_>) -> Result<Self, LoadError> {
        let options = Options {
            header: Some(true),
            ..Options::default()
        };
        Self::of(source, &options)
    }

    fn of(source: &Source<'_>, options: &Options) -> Result<Self, LoadError> {
        let head = source.head(HEAD)?;
        let utf_16 = utf_16(&head);
        let text = match utf_16 {
            Some(encoding) => encoding
                .decode_with_bom_removal(&head)
                .0
                .into_owned()
                .into_bytes(),
            None => head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).to_vec(),
        };
        // The last line may be cut.
        let is_cut = head.len() == HEAD;
        let whole = match text.iter().rposition(|&byte| byte == b'\n') {
            Some(end) if is_cut => &text[..=end],
            _ => &text,
        };
        if whole.trim_ascii().is_empty() {
            return Err(LoadError::content(
                source.name(),
                "there are only blank lines",
            ));
        }
        // NumPy writes a header as a comment.
        let whole = whole.strip_prefix(b"# ").unwrap_or(whole);
        let named = named_separator(whole);
        let (separator, whole) = named.unwrap_or_else(|| (separator(whole), whole));
        let mut records = records(whole, separator);
        let first = if records.is_empty() {
            Vec::new()
        } else {
            records.remove(0)
        };
        let has_header = options
            .header
            .unwrap_or_else(|| is_header(&first, &records));
        let mut is_latin = false;
        let names = if has_header {
            names(&first, &mut is_latin)
        } else {
            (1..=first.len()).map(|i| format!("column {i}")).collect()
        };
        let lines = whole.split(|&byte| byte == b'\n').count() - 1;
        let density = [
            lines.max(1),
            whole.len() * if utf_16.is_some() { 2 } else { 1 },
        ];
        Ok(Self {
            utf_16,
            separator,
            is_separator_named: named.is_some(),
            names,
            has_header,
            is_latin,
            density,
        })
    }

    /// Records before the first row.
    fn before_rows(&self) -> usize {
        usize::from(self.is_separator_named) + usize::from(self.has_header)
    }

    /// Rows that the file should have if it goes on as it begins, with a little to spare; 0 where its
    /// size is not known, or the columns would not fit in memory.
    fn expected_rows(&self, source: &Source<'_>) -> usize {
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

    fn notes(&self) -> Vec<String> {
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
        if !self.has_header {
            notes.push("no header; columns are called by number".to_owned());
        }
        notes
    }

    /// The records of the file, and where the reader's place is told.
    fn reader<'s>(&self, source: &'s Source<'_>) -> Result<(Reader<Guard<'s>>, Place), LoadError> {
        let bytes = source.open()?;
        let bytes: Box<dyn Read + 's> = match self.utf_16 {
            None => bytes,
            Some(encoding) => Box::new(Transcoded {
                bytes,
                decoder: encoding.new_decoder(),
                raw: Vec::new(),
                is_at_end: false,
                is_done: false,
            }),
        };
        let place = Rc::new(Cell::new((0, 1)));
        let guard = Guard {
            bytes,
            place: Rc::clone(&place),
            name: source.name(),
            longest: RECORD.min(source.limit() / 4),
        };
        let mut builder = ReaderBuilder::new();
        builder
            .delimiter(self.separator)
            .has_headers(false)
            .flexible(true);
        Ok((builder.buffer_capacity(1 << 16).from_reader(guard), place))
    }
}

/// Which kind of UTF-16 it is, if it is: by its mark, or because every second byte is 0.
pub(crate) fn utf_16(head: &[u8]) -> Option<&'static Encoding> {
    match Encoding::for_bom(head) {
        Some((encoding, _)) => (encoding != encoding_rs::UTF_8).then_some(encoding),
        None => {
            let sample = &head[..head.len().min(1000) / 2 * 2];
            let zeros = |from: usize| {
                sample
                    .iter()
                    .skip(from)
                    .step_by(2)
                    .filter(|&&b| b == 0)
                    .count()
            };
            let (even, odd) = (zeros(0), zeros(1));
            let most = sample.len() / 2 * 9 / 10;
            if sample.len() < 4 {
                None
            } else if odd > most && even == 0 {
                Some(UTF_16LE)
            } else if even > most && odd == 0 {
                Some(UTF_16BE)
            } else {
                None
            }
        }
    }
}

/// The first records of a text, as lists of fields.
fn records(text: &[u8], separator: u8) -> Vec<Vec<Vec<u8>>> {
    let mut builder = ReaderBuilder::new();
    builder
        .delimiter(separator)
        .has_headers(false)
        .flexible(true);
    let mut reader = builder.from_reader(text);
    let records = reader.byte_records().take(LINES).map_while(Result::ok);
    let trimmed = |field: &[u8]| field.trim_ascii().to_vec();
    records
        .map(|record| record.iter().map(trimmed).collect())
        .collect()
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
        let records = records(text, separator);
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

/// Whether the first record names the columns. Numbers are no names, unless they count the columns;
/// neither are words that stand in the same columns below.
fn is_header(first: &[Vec<u8>], rows: &[Vec<Vec<u8>>]) -> bool {
    let as_number = |field: &Vec<u8>| std::str::from_utf8(field).ok()?.parse::<f64>().ok();
    let counts = |from: usize| {
        let numbers = first.iter().filter_map(as_number);
        numbers
            .zip(from..)
            .all(|(number, expected)| number == expected as f64)
    };
    let numbers = first
        .iter()
        .filter(|field| as_number(field).is_some())
        .count();
    if numbers > 0 && !(numbers + 1 >= first.len() && numbers > 1 && (counts(0) || counts(1))) {
        return false;
    }
    let stands_below = |column: usize| {
        let mut below = rows.iter().filter_map(|row| row.get(column));
        below.any(|field| field == &first[column])
    };
    !(0..first.len()).all(stands_below)
}

/// Names of columns, made different where they are not.
fn names(first: &[Vec<u8>], is_latin: &mut bool) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut names = Vec::with_capacity(first.len());
    for (index, field) in first.iter().enumerate() {
        let mut name = one_line(&decoded(field, is_latin));
        if name.is_empty() {
            name = format!("column {}", index + 1);
        }
        let base = name.clone();
        while !taken.insert(name.clone()) {
            let count = seen.entry(base.clone()).or_insert(1);
            *count += 1;
            name = format!("{base} ({count})");
        }
        names.push(name);
    }
    names
}

/// Refuses a record that would fill the memory: one whose quotation mark is not closed.
struct Guard<'a> {
    bytes: Box<dyn Read + 'a>,
    place: Place,
    name: &'a str,
    longest: u64,
}

impl Read for Guard<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        let (bytes, line) = self.place.get();
        let bytes = bytes + count as u64;
        self.place.set((bytes, line));
        if bytes > self.longest + buffer.len() as u64 {
            return Err(io::Error::other(LoadError::Line {
                file: self.name.to_owned(),
                line: line + 1,
                column: None,
                reason: format!(
                    "a row of more than {}; is a quotation mark not closed?",
                    in_bytes(self.longest)
                ),
            }));
        }
        Ok(count)
    }
}

/// UTF-16 as UTF-8, as it is read.
struct Transcoded<'a> {
    bytes: Box<dyn Read + 'a>,
    decoder: Decoder,
    raw: Vec<u8>,
    is_at_end: bool,
    /// The decoder may not be asked again.
    is_done: bool,
}

impl Read for Transcoded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A character takes four bytes at most, and the decoder writes whole ones.
        if buffer.len() < 8 {
            return Err(io::Error::other("a buffer of less than 8 bytes"));
        }
        while !self.is_done {
            if !self.is_at_end && self.raw.len() < 1 << 12 {
                let before = self.raw.len();
                self.raw.resize(before + (1 << 14), 0);
                let count = self.bytes.read(&mut self.raw[before..])?;
                self.raw.truncate(before + count);
                self.is_at_end = count == 0;
            }
            let (result, read, written, _) =
                self.decoder
                    .decode_to_utf8(&self.raw, buffer, self.is_at_end);
            self.raw.drain(..read);
            self.is_done = self.is_at_end && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}
