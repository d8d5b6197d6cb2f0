//! What a model answers, as a table for people, as CSV, or as lines of JSON.

use crate::model::Kept;
use classifier::Scores;
use serde_json::{Map, Value};

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
}

impl<'a> Answers<'a> {
    /// Asks a model about samples that were checked.
    pub fn new(kept: &'a Kept, samples: &data::Samples) -> Self {
        let (scores, logs) = kept.predict(samples);
        Self {
            classes: &kept.about.classes,
            labels: scores.labels(),
            logs,
        }
    }

    /// The class of a sample, by number.
    pub fn class(&self, sample: usize) -> usize {
        self.labels[sample]
    }

    /// What a model answers to a sample, for JSON: its class and, where there are some, the probability of each.
    pub fn object(&self, sample: usize) -> Map<String, Value> {
        let class = self.classes[self.labels[sample]].clone();
        let mut object = Map::from_iter([("class".to_owned(), Value::from(class))]);
        if let Some(all) = self.probabilities(sample) {
            let named = self.classes.iter().cloned().zip(all.map(Value::from));
            object.insert("probabilities".to_owned(), named.collect());
        }
        object
    }

    /// The beginning of a text of answers of this model.
    pub fn heading(&self, format: Format) -> String {
        match format {
            Format::Table if self.logs.is_some() => "sample\tclass\tprobability\n".to_owned(),
            Format::Table => "sample\tclass\n".to_owned(),
            Format::Csv => {
                let columns = ["sample".to_owned(), "class".to_owned()];
                let probabilities = self.logs.iter().flat_map(|_| self.classes);
                let probabilities = probabilities.map(|class| format!("probability of {class}"));
                row(columns.into_iter().chain(probabilities))
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

    fn for_people(&self, name: &str, sample: usize, class: usize) -> String {
        let printable = |text: &str| text.replace(|c: char| c.is_control(), " ");
        let (name, label) = (printable(name), printable(&self.classes[class]));
        match self
            .probabilities(sample)
            .and_then(|mut all| all.nth(class))
        {
            Some(probability) => format!("{name}\t{label}\t{probability:.4}\n"),
            None => format!("{name}\t{label}\n"),
        }
    }

    fn csv(&self, name: String, sample: usize, class: usize) -> String {
        let columns = [name, self.classes[class].clone()];
        let probabilities = self.probabilities(sample).into_iter().flatten();
        let probabilities = probabilities.map(|probability| probability.to_string());
        row(columns.into_iter().chain(probabilities))
    }

    fn json(&self, name: &str, sample: usize) -> String {
        let mut line = Map::from_iter([("sample".to_owned(), name.into())]);
        line.extend(self.object(sample));
        format!("{}\n", Value::Object(line))
    }
}

fn row(fields: impl Iterator<Item = String>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer.write_record(fields.collect::<Vec<_>>());
    written.expect("memory takes everything");
    let bytes = writer.into_inner().expect("memory takes everything");
    String::from_utf8(bytes).expect("the fields are text")
}
