//! A column of Parquet as it grows, value by value.

use crate::LoadError;
use crate::npy::half;
use crate::table::{Dialect, Interned, Plan, decoded};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use std::collections::BTreeSet;
use tables::{Column, Kind};

/// Rows that are decoded at once.
const BATCH: usize = 8192;

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Measure {
    Truth,
    Number,
    /// Whole numbers from 0 on, of as many bits as they are stored in.
    Unsigned,
    /// Whole numbers, to be divided by this; where they are stored as bytes, the first is the highest.
    Decimal(f64),
    /// Floating-point numbers of 16 bits, as bytes.
    Half,
    /// Days, to be multiplied by this.
    Date(f64),
    Text,
}

/// A column as it grows.
pub(super) struct Growing {
    pub(super) plan: Plan,
    pub(super) values: Grown,
    dialect: Dialect,
    /// Words that were taken for missing, and how often.
    pub(super) missing_words: BTreeSet<Vec<u8>>,
    pub(super) missing: u64,
    /// The first whole number that is rounded, with its row.
    pub(super) rounded: Option<(usize, i128)>,
}

/// Its values so far.
pub(super) enum Grown {
    Numbers(Vec<f64>),
    Dates(Vec<f64>),
    Truths(Vec<Option<bool>>),
    /// Names, and about the bytes of these.
    Names(Interned, usize),
}

impl Growing {
    pub(super) fn of(measure: Measure, plan: Plan) -> Self {
        let as_names = matches!(plan, Plan::Labels | Plan::Of(Kind::Category));
        let values = match measure {
            _ if as_names => Grown::Names(Interned::default(), 0),
            Measure::Text => Grown::Names(Interned::default(), 0),
            Measure::Truth => Grown::Truths(Vec::new()),
            Measure::Number | Measure::Unsigned | Measure::Decimal(_) | Measure::Half => {
                Grown::Numbers(Vec::new())
            }
            Measure::Date(_) => Grown::Dates(Vec::new()),
        };
        Self {
            plan,
            values,
            dialect: Dialect::of_text(&[], false, true),
            missing_words: BTreeSet::new(),
            missing: 0,
            rounded: None,
        }
    }

    /// Bytes that it takes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        match &self.values {
            Grown::Numbers(values) | Grown::Dates(values) => 8 * values.len(),
            Grown::Truths(values) => values.len(),
            Grown::Names(names, bytes) => 8 * names.len() + bytes,
        }
    }

    /// Makes room for so many numbers at once.
    pub(super) fn make_room_for(&mut self, rows: usize) {
        if let Grown::Numbers(values) | Grown::Dates(values) = &mut self.values {
            // Where that fails, values find out one by one.
            let _ = values.try_reserve_exact(rows);
        }
    }

    pub(super) fn read(
        &mut self,
        column: ColumnReader,
        of: Measure,
        limit: u64,
    ) -> Result<(), ParquetError> {
        match column {
            ColumnReader::BoolColumnReader(column) => self.values(column, limit, Value::Truth),
            ColumnReader::Int32ColumnReader(column) => {
                let signed = |value: i32| match of {
                    Measure::Unsigned => value.cast_unsigned().into(),
                    _ => value.into(),
                };
                self.values(column, limit, |value| of.whole(signed(value)))
            }
            ColumnReader::Int64ColumnReader(column) => {
                self.values(column, limit, |value| of.whole(value))
            }
            ColumnReader::FloatColumnReader(column) => {
                self.values(column, limit, |value| Value::Number(f64::from(value)))
            }
            ColumnReader::DoubleColumnReader(column) => self.values(column, limit, Value::Number),
            ColumnReader::ByteArrayColumnReader(column) => match of {
                Measure::Decimal(_) => self.values(column, limit, |value| of.bytes(value.data())),
                _ => self.values(column, limit, Value::Text),
            },
            ColumnReader::FixedLenByteArrayColumnReader(column) => {
                self.values(column, limit, |value| of.bytes(value.data()))
            }
            ColumnReader::Int96ColumnReader(column) => {
                self.values(column, limit, |value| of.instant(value.data()))
            }
        }
    }

    fn values<T: DataType>(
        &mut self,
        mut column: ColumnReaderImpl<T>,
        limit: u64,
        value: impl Fn(T::T) -> Value,
    ) -> Result<(), ParquetError> {
        let (mut values, mut levels) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
        loop {
            values.clear();
            levels.clear();
            let (records, _, _) =
                column.read_records(BATCH, Some(&mut levels), None, &mut values)?;
            if records == 0 {
                return Ok(());
            }
            let mut present = values.drain(..);
            if levels.is_empty() {
                present
                    .by_ref()
                    .take(records)
                    .for_each(|one| self.push(Some(value(one))));
            } else {
                for level in &levels {
                    let one = if *level > 0 {
                        present.next().map(&value)
                    } else {
                        None
                    };
                    self.push(one);
                }
            }
            if self.bytes() as u64 > limit {
                return Ok(());
            }
        }
    }

    fn push(&mut self, value: Option<Value>) {
        let value = match value {
            Some(Value::Text(bytes)) => self.name(&bytes).map(Value::Name),
            value => value,
        };
        match &mut self.values {
            Grown::Numbers(values) => {
                if self.rounded.is_none() {
                    let rounded = value.as_ref().and_then(Value::rounded);
                    self.rounded = rounded.map(|number| (values.len(), number));
                }
                values.push(value.map_or(f64::NAN, |value| value.number()));
            }
            Grown::Dates(values) => values.push(value.map_or(f64::NAN, |value| value.number())),
            Grown::Truths(values) => values.push(match value {
                Some(Value::Truth(truth)) => Some(truth),
                _ => None,
            }),
            Grown::Names(names, bytes) => {
                let name = value.and_then(Value::name);
                let before = names.names();
                names.push_option(name.as_deref());
                if names.names() > before {
                    *bytes += 64 + name.map_or(0, |name| name.len());
                }
            }
        }
    }

    /// A text as a table of text has it: without blanks around it, and missing where it says so.
    fn name(&mut self, bytes: &ByteArray) -> Option<String> {
        let word = bytes.data().trim_ascii();
        let is_missing = match self.plan {
            Plan::Labels => self.dialect.missing_label(word),
            _ => self.dialect.missing_word(word),
        };
        if !is_missing {
            return Some(decoded(word, &mut false));
        }
        self.missing += 1;
        if !self.missing_words.contains(word) {
            self.missing_words.insert(word.to_vec());
        }
        None
    }
}

impl Grown {
    pub(super) fn column(self, name: &str, rows: usize, plan: Plan) -> Result<Column, LoadError> {
        Ok(match self {
            // Missing throughout in the first file, whatever the second says.
            _ if plan == Plan::Skipped => Column::numbers(name, vec![f64::NAN; rows])?,
            Self::Numbers(values) => Column::numbers(name, values)?,
            Self::Dates(values) => Column::dates(name, values)?,
            Self::Truths(values) => Column::booleans(name, values),
            Self::Names(coded, _) => {
                let coded = coded.into_coded();
                Column::categories(name, coded.codes, coded.names.into())?
            }
        })
    }
}

/// One value that is there.
enum Value {
    Truth(bool),
    Whole(i64),
    /// Beyond what a signed number holds.
    Large(u64),
    Number(f64),
    Date(f64),
    Text(ByteArray),
    /// A text that is no word for a missing value.
    Name(String),
}

impl Value {
    /// As the name of a category or class; `None` for NaN.
    fn name(self) -> Option<String> {
        match self {
            Self::Truth(truth) => Some(truth.to_string()),
            Self::Whole(number) => Some(number.to_string()),
            Self::Large(number) => Some(number.to_string()),
            Self::Date(days) if days.fract() == 0.0 => Some(tables::date(days)),
            Self::Number(number) | Self::Date(number) => {
                (!number.is_nan()).then(|| number.to_string())
            }
            Self::Text(_) => None,
            Self::Name(name) => Some(name),
        }
    }

    /// NaN for what is no number.
    fn number(&self) -> f64 {
        match *self {
            Self::Number(number) | Self::Date(number) => number,
            Self::Whole(number) => number as f64,
            Self::Large(number) => number as f64,
            Self::Truth(_) | Self::Text(_) | Self::Name(_) => f64::NAN,
        }
    }

    /// The whole number that it is, if a number of 64 bits with a fraction is another one.
    fn rounded(&self) -> Option<i128> {
        let whole = match *self {
            Self::Whole(number) => i128::from(number),
            Self::Large(number) => i128::from(number),
            _ => return None,
        };
        (self.number() as i128 != whole).then_some(whole)
    }
}

/// The number of the day 1970-01-01 in astronomers' count.
const JULIAN_1970: f64 = 2_440_588.0;

impl Measure {
    /// A number that is stored as bytes.
    fn bytes(self, bytes: &[u8]) -> Value {
        match (self, bytes) {
            (Self::Half, &[low, high]) => Value::Number(half(u16::from_le_bytes([low, high]))),
            (Self::Decimal(unit), &[first, ref rest @ ..]) => {
                let first = first.cast_signed();
                if rest.len() >= 16 {
                    let number = rest.iter().fold(f64::from(first), |number, byte| {
                        number * 256.0 + f64::from(*byte)
                    });
                    return Value::Number(number / unit);
                }
                let whole = rest.iter().fold(i128::from(first), |whole, byte| {
                    whole << 8 | i128::from(*byte)
                });
                match i64::try_from(whole) {
                    Ok(whole) => self.whole(whole),
                    Err(_) => Value::Number(whole as f64 / unit),
                }
            }
            _ => Value::Number(f64::NAN),
        }
    }

    /// Nanoseconds of a day, as two halves, and the day.
    fn instant(self, words: &[u32]) -> Value {
        let &[low, high, day] = words else {
            return Value::Date(f64::NAN);
        };
        let nanoseconds = u64::from(high) << 32 | u64::from(low);
        let of_day = match self {
            Self::Date(scale) => nanoseconds as f64 * scale,
            _ => 0.0,
        };
        Value::Date(f64::from(day) - JULIAN_1970 + of_day)
    }

    fn whole(self, value: i64) -> Value {
        match self {
            // Without a fraction it stays a whole number, which more bits hold than those of an f64.
            Self::Decimal(unit) if unit != 1.0 => Value::Number(value as f64 / unit),
            Self::Date(scale) => Value::Date(value as f64 * scale),
            Self::Unsigned if value < 0 => Value::Large(value.cast_unsigned()),
            _ => Value::Whole(value),
        }
    }
}
