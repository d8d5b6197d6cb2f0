//! What a model answers, as a table for people, as CSV, or as lines of JSON.

use crate::model::Kept;
use crate::sets::members;
use classifier::Scores;
use rayon::prelude::*;
use records::disturbs;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;

/// Samples in a piece of text: pieces are made side by side, and written in order.
const PIECE: usize = 1024;
/// Pieces that are in memory together.
const PIECES: usize = 64;

/// How answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Columns for people: the class and its probability.
    Table,
    /// A header, and a row for each sample.
    Csv,
    /// An object for each sample, a line each.
    JsonLines,
}

/// What a model answers to some samples.
#[derive(Debug)]
pub struct Answers<'a> {
    classes: &'a [String],
    labels: Vec<usize>,
    logs: Option<Scores>,
    /// The smallest log-probability in sets, if they are wanted.
    least: Option<f64>,
}

impl<'a> Answers<'a> {
    /// Asks a model about samples that were checked.
    pub fn new(kept: &'a Kept, samples: &data::Samples) -> Self {
        let (scores, logs) = kept.predict(samples);
        Self {
            classes: &kept.about.classes,
            labels: scores.labels(),
            logs,
            least: None,
        }
    }

    /// With the set of classes of each sample, from this log-probability on ([`Kept::least`]).
    #[must_use]
    pub fn with_sets(self, least: Option<f64>) -> Self {
        Self { least, ..self }
    }

    /// The class of a sample, by number.
    pub fn class(&self, sample: usize) -> usize {
        self.labels[sample]
    }

    /// What a model answers to a sample, for JSON: its class and, where there are some, the probability of each.
    pub fn said(&self, sample: usize) -> Said<'_> {
        Said {
            answers: self,
            sample,
        }
    }

    /// The beginning of a text of answers of this model.
    pub fn heading(&self, format: Format) -> Vec<u8> {
        match format {
            Format::Table => {
                let probability = self.logs.as_ref().map_or("", |_| "\tprobability");
                let set = self.least.map_or("", |_| "\tset");
                format!("sample\tclass{probability}{set}\n").into_bytes()
            }
            Format::Csv => {
                let columns = ["sample", "class"]
                    .into_iter()
                    .chain(self.least.map(|_| "set"));
                let columns = columns.map(str::to_owned);
                let probabilities = self.logs.iter().flat_map(|_| self.classes);
                let probabilities = probabilities.map(|class| format!("probability of {class}"));
                csv_rows(|writer| writer.write_record(columns.chain(probabilities)))
            }
            Format::JsonLines => Vec::new(),
        }
    }

    /// Writes a line for each sample; `name` says what each is called, from 0.
    ///
    /// # Errors
    /// Of what it is written to.
    pub fn write(
        &self,
        format: Format,
        to: &mut dyn Write,
        name: impl Fn(usize) -> String + Sync,
    ) -> io::Result<()> {
        let piece = |&start: &usize| {
            let samples = start..self.labels.len().min(start + PIECE);
            match format {
                Format::Table => self.for_people(samples, &name),
                Format::Csv => self.csv(samples, &name),
                Format::JsonLines => self.json(samples, &name),
            }
        };
        let starts: Vec<usize> = (0..self.labels.len()).step_by(PIECE).collect();
        for starts in starts.chunks(PIECES) {
            let pieces: Vec<Vec<u8>> = starts.par_iter().map(piece).collect();
            for piece in pieces {
                to.write_all(&piece)?;
            }
        }
        Ok(())
    }

    /// The log-probability of each class of a sample.
    fn logs(&self, sample: usize) -> Option<&[f32]> {
        let logs = self.logs.as_ref()?;
        Some(&logs.values()[sample * logs.classes()..][..logs.classes()])
    }

    /// The names of the classes in the set of a sample, if sets are wanted.
    fn set(&self, sample: usize) -> Option<Vec<&str>> {
        let names = members(self.logs(sample)?, self.least?, self.labels[sample]);
        Some(names.map(|class| self.classes[class].as_str()).collect())
    }

    fn for_people(&self, samples: Range<usize>, name: impl Fn(usize) -> String) -> Vec<u8> {
        let classes: Vec<String> = self.classes.iter().map(|name| printable(name)).collect();
        let mut text = String::new();
        for sample in samples {
            let class = self.labels[sample];
            text += &printable(&name(sample));
            text.push('\t');
            text += &classes[class];
            if let Some(logs) = self.logs(sample) {
                text.push('\t');
                push_rounded(&mut text, probability(logs[class]));
            }
            if let Some(set) = self.set(sample) {
                text.push('\t');
                text += &printable(&set.join(", "));
            }
            text.push('\n');
        }
        text.into_bytes()
    }

    fn csv(&self, samples: Range<usize>, name: impl Fn(usize) -> String) -> Vec<u8> {
        csv_rows(|writer| {
            let mut number = Vec::new();
            for sample in samples {
                writer.write_field(name(sample))?;
                writer.write_field(&self.classes[self.labels[sample]])?;
                if let Some(set) = self.set(sample) {
                    writer.write_field(set.join(", "))?;
                }
                for &log in self.logs(sample).unwrap_or_default() {
                    number.clear();
                    push_decimal(&mut number, probability(log));
                    writer.write_field(&number)?;
                }
                writer.write_record(None::<&[u8]>)?;
            }
            Ok(())
        })
    }

    fn json(&self, samples: Range<usize>, name: impl Fn(usize) -> String) -> Vec<u8> {
        let mut text = Vec::new();
        for sample in samples {
            let said = self.said(sample);
            let name = &name(sample);
            let line = Line { sample: name, said };
            serde_json::to_writer(&mut text, &line).expect("text and numbers");
            text.push(b'\n');
        }
        text
    }
}

/// What a model answers to one sample.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    answers: &'a Answers<'a>,
    sample: usize,
}

impl Serialize for Said<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { answers, sample } = *self;
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("class", &answers.classes[answers.labels[sample]])?;
        if answers.logs.is_some() {
            object.serialize_entry("probabilities", &Probabilities(*self))?;
        }
        if let Some(set) = answers.set(sample) {
            object.serialize_entry("set", &set)?;
        }
        object.end()
    }
}

/// The probability of each class, by name.
struct Probabilities<'a>(Said<'a>);

impl Serialize for Probabilities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Said { answers, sample } = self.0;
        let mut object = serializer.serialize_map(None)?;
        for (class, &log) in answers.logs(sample).unwrap_or_default().iter().enumerate() {
            object.serialize_entry(&answers.classes[class], &probability(log))?;
        }
        object.end()
    }
}

/// A line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    sample: &'a str,
    #[serde(flatten)]
    said: Said<'a>,
}

fn probability(log: f32) -> f64 {
    f64::from(log).exp()
}

fn csv_rows(write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> Result<(), csv::Error>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    write(&mut writer).expect("memory takes everything");
    writer.into_inner().expect("memory takes everything")
}

fn printable(text: &str) -> String {
    text.replace(disturbs, " ")
}

/// Adds a number with four digits behind the point, as `{:.4}` rounds it; in less time.
fn push_rounded(text: &mut String, number: f64) {
    let scaled = number * 1e4;
    let rounded = scaled.round();
    // The product may be off by its last bit: near the middle between two numbers, the exact digits decide.
    let is_clear = (scaled - rounded).abs() < 0.499_999;
    if !((0.0..=1e4).contains(&scaled) && is_clear) {
        let _ = write!(text, "{number:.4}");
        return;
    }
    let whole = rounded as u16;
    let digits =
        [10_000, 1_000, 100, 10, 1].map(|place| char::from(b'0' + (whole / place % 10) as u8));
    text.push(digits[0]);
    text.push('.');
    text.extend(&digits[1..]);
}

/// Adds a number as `Display` writes it: the shortest digits that are read as the same number, and no exponent; in
/// less time.
fn push_decimal(text: &mut Vec<u8>, number: f64) {
    if !(0.0..=1.0).contains(&number) {
        text.extend_from_slice(number.to_string().as_bytes());
        return;
    }
    let mut buffer = zmij::Buffer::new();
    let shortest = buffer.format_finite(number);
    let Some((digits, exponent)) = shortest.split_once('e') else {
        let number = shortest.strip_suffix(".0").unwrap_or(shortest);
        text.extend_from_slice(number.as_bytes());
        return;
    };
    // Of a number below 1 it is negative.
    let exponent: i32 = exponent.parse().expect("zmij writes whole exponents");
    text.extend_from_slice(b"0.");
    text.resize(text.len() + (-exponent) as usize - 1, b'0');
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    text.extend_from_slice(whole.as_bytes());
    text.extend_from_slice(rest.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_probabilities_are_written_as_by_the_formatter() {
        let steps = (0..=40_000).map(|part| f64::from(part) / 40_000.0);
        let near = |middle: f64| {
            (-2..=2).map(move |bits| f64::from_bits((middle.to_bits() as i64 + bits) as u64))
        };
        let middles = (1..20_000)
            .step_by(2)
            .map(|part| f64::from(part) / 20_000.0);
        let others = [0.0, f64::MIN_POSITIVE, 1.0, 1.5, f64::NAN, f64::INFINITY];
        for number in steps.chain(middles.flat_map(near)).chain(others) {
            let mut text = String::new();
            push_rounded(&mut text, number);
            assert_eq!(text, format!("{number:.4}"), "{number:e}");
        }
    }

    /// Digits, zeros and all, at every exponent that a probability may have.
    #[test]
    fn probabilities_are_written_as_display_does() {
        let mut bits = 1_u64;
        let of_exponent = |exponent: u64| {
            (0..64).map(move |_| {
                // The generator of SplitMix64.
                bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mixed = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
                f64::from_bits(exponent << 52 | mixed >> 12)
            })
        };
        let short = (0..=2000).map(|part| f64::from(part) / 2000.0);
        let edges = [
            f64::MIN_POSITIVE,
            5e-324,
            -0.0,
            1e-5,
            1e-17,
            1.5,
            f64::NAN,
            f64::INFINITY,
        ];
        let singles = (0..=1000).map(|at| f64::from(-at as f32 / 7.0).exp());
        let all = (0..1023)
            .flat_map(of_exponent)
            .chain(short)
            .chain(edges)
            .chain(singles);
        for number in all {
            let mut text = Vec::new();
            push_decimal(&mut text, number);
            assert_eq!(String::from_utf8(text).unwrap(), number.to_string());
        }
    }
}
