//! What a model answers, as a table for people, as CSV, or as lines of JSON.

use crate::model::Kept;
use crate::sets::members;
use classifier::Scores;
use records::disturbs;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

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
    pub fn heading(&self, format: Format) -> String {
        match format {
            Format::Table => {
                let probability = self.logs.as_ref().map_or("", |_| "\tprobability");
                let set = self.least.map_or("", |_| "\tset");
                format!("sample\tclass{probability}{set}\n")
            }
            Format::Csv => {
                let columns = ["sample", "class"]
                    .into_iter()
                    .chain(self.least.map(|_| "set"));
                let columns = columns.map(str::to_owned);
                let probabilities = self.logs.iter().flat_map(|_| self.classes);
                let probabilities = probabilities.map(|class| format!("probability of {class}"));
                row(columns.chain(probabilities))
            }
            Format::JsonLines => String::new(),
        }
    }

    /// A line for each sample; `name` says what each is called, from 0.
    pub fn lines(&self, format: Format, name: impl Fn(usize) -> String) -> String {
        let rows = self.labels.iter().enumerate();
        rows.map(|(sample, &class)| match format {
            Format::Table => self.for_people(&name(sample), sample, class),
            Format::Csv => self.csv(name(sample), sample, class),
            Format::JsonLines => self.json(&name(sample), sample),
        })
        .collect()
    }

    /// The probability of each class of a sample.
    fn probabilities(&self, sample: usize) -> Option<impl Iterator<Item = f64> + '_> {
        let logs = self.logs.as_ref()?;
        let row = &logs.values()[sample * logs.classes()..][..logs.classes()];
        Some(row.iter().map(|&log| f64::from(log).exp()))
    }

    /// The names of the classes in the set of a sample, if sets are wanted.
    fn set(&self, sample: usize) -> Option<Vec<&str>> {
        let (least, logs) = (self.least?, self.logs.as_ref()?);
        let row = &logs.values()[sample * logs.classes()..][..logs.classes()];
        let names = members(row, least, self.labels[sample]);
        Some(names.map(|class| self.classes[class].as_str()).collect())
    }

    fn for_people(&self, name: &str, sample: usize, class: usize) -> String {
        let printable = |text: &str| text.replace(disturbs, " ");
        let (name, label) = (printable(name), printable(&self.classes[class]));
        let probability = self.probabilities(sample);
        let probability = probability.and_then(|mut all| all.nth(class));
        let probability = probability.map_or_else(String::new, |p| format!("\t{p:.4}"));
        let set = self.set(sample);
        let set = set.map_or_else(String::new, |set| {
            format!("\t{}", printable(&set.join(", ")))
        });
        format!("{name}\t{label}{probability}{set}\n")
    }

    fn csv(&self, name: String, sample: usize, class: usize) -> String {
        let set = self.set(sample).map(|set| set.join(", "));
        let columns = [name, self.classes[class].clone()].into_iter().chain(set);
        let probabilities = self.probabilities(sample).into_iter().flatten();
        let probabilities = probabilities.map(|probability| probability.to_string());
        row(columns.chain(probabilities))
    }

    fn json(&self, name: &str, sample: usize) -> String {
        let said = self.said(sample);
        let line = serde_json::to_string(&Line { sample: name, said });
        line.expect("text and numbers") + "\n"
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
        let probabilities = answers.probabilities(sample).into_iter().flatten();
        serializer.collect_map(answers.classes.iter().zip(probabilities))
    }
}

/// A line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    sample: &'a str,
    #[serde(flatten)]
    said: Said<'a>,
}

fn row(fields: impl Iterator<Item = String>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer.write_record(fields.collect::<Vec<_>>());
    written.expect("memory takes everything");
    let bytes = writer.into_inner().expect("memory takes everything");
    String::from_utf8(bytes).expect("the fields are text")
}
