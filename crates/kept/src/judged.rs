//! How good a model was on some samples, and whether it is as good on others.

use analysis::{CONFIDENCE, Estimate, Metric, estimates};
use classifier::Scores;
use records::Number;
use serde::{Deserialize, Serialize};
use statistics::{Interval, independent_difference};

/// How good a model was on the samples that it was judged on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgedAbout {
    /// What it was judged on: "test samples".
    pub on: String,
    /// How many there were.
    pub samples: usize,
    /// SHA-256 sums of the samples and of their labels, if they were all the test samples of a data set.
    pub sha256: Option<[String; 2]>,
    /// Every metric that there is.
    pub metrics: Vec<MetricAbout>,
}

/// One metric with its interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricAbout {
    /// Its key, as in `report.json`.
    pub metric: String,
    /// Its value.
    pub value: Number,
    /// The lower end of its 95 % interval.
    pub low: Number,
    /// The upper end.
    pub high: Number,
}

/// A metric now, and at the time of training.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Its name for people.
    pub heading: &'static str,
    /// Its key.
    pub key: &'static str,
    /// Now.
    pub now: MetricAbout,
    /// At the time of training, if that is known.
    pub then: Option<MetricAbout>,
    /// The 95 % interval of now − then, for samples that have nothing to do with each other.
    pub difference: Option<Interval>,
}

impl Comparison {
    /// Whether the metric differs from what it was.
    pub fn differs(&self) -> bool {
        self.difference
            .is_some_and(|interval| interval.low > 0.0 || interval.high < 0.0)
    }
}

impl JudgedAbout {
    /// Judges predictions.
    ///
    /// # Shapes
    /// - `labels` and `predictions`: (samples)
    /// - `logs`: (samples, classes)
    pub fn new(
        on: &str,
        sha256: Option<[String; 2]>,
        labels: &[usize],
        predictions: &[usize],
        logs: Option<&Scores>,
        classes: usize,
    ) -> Self {
        let logs = logs.map(Scores::values);
        let estimates = estimates(labels, predictions, logs, classes).into_iter();
        Self {
            on: on.to_owned(),
            samples: labels.len(),
            sha256,
            metrics: estimates.map(MetricAbout::from).collect(),
        }
    }

    /// The metric of this key.
    pub fn metric(&self, key: &str) -> Option<&MetricAbout> {
        self.metrics.iter().find(|metric| metric.metric == key)
    }

    /// Every metric beside what it was `then`.
    pub fn beside(&self, then: Option<&Self>) -> Vec<Comparison> {
        let all = Metric::ALL.into_iter();
        let rows = all.filter_map(|metric| {
            let now = self.metric(metric.key())?.clone();
            let then = then.and_then(|then| then.metric(metric.key())).cloned();
            let difference = then.as_ref().and_then(|then| now.minus(then));
            Some(Comparison {
                heading: metric.heading(),
                key: metric.key(),
                now,
                then,
                difference,
            })
        });
        rows.collect()
    }

    /// Whether this was judged on the very samples that `other` was judged on.
    pub fn is_of_the_samples_of(&self, other: &Self) -> bool {
        self.sha256.is_some() && self.sha256 == other.sha256 && self.samples == other.samples
    }
}

impl MetricAbout {
    fn minus(&self, other: &Self) -> Option<Interval> {
        let ends = |metric: &Self| {
            let interval = Interval {
                low: metric.low.0,
                high: metric.high.0,
            };
            (metric.value.0, interval)
        };
        let interval = independent_difference(ends(self), ends(other));
        interval.low.is_finite().then_some(interval)
    }
}

impl From<Estimate> for MetricAbout {
    fn from(estimate: Estimate) -> Self {
        Self {
            metric: estimate.metric.key().to_owned(),
            value: Number(estimate.value),
            low: Number(estimate.interval.low),
            high: Number(estimate.interval.high),
        }
    }
}

/// The confidence of all intervals here, in words.
pub(crate) fn confidence() -> String {
    format!("{:.0} %", 100.0 * CONFIDENCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `right` of `samples` are right, of two classes.
    fn judged(right: usize, samples: usize) -> JudgedAbout {
        let labels: Vec<usize> = (0..samples).map(|i| i % 2).collect();
        let predicted: Vec<usize> = (0..samples)
            .map(|i| if i < right { i % 2 } else { 1 - i % 2 })
            .collect();
        JudgedAbout::new("test samples", None, &labels, &predicted, None, 2)
    }

    #[test]
    fn a_model_that_is_as_good_as_before_does_not_differ_and_a_worse_one_does() {
        let then = judged(900, 1_000);
        let of = |now: JudgedAbout| now.beside(Some(&then)).remove(0);
        let same = of(judged(451, 500));
        assert_eq!((same.key, same.differs()), ("accuracy", false));
        let worse = of(judged(400, 500));
        assert!(worse.differs() && worse.difference.unwrap().high < 0.0);
        let unknown = judged(400, 500).beside(None).remove(0);
        assert_eq!(unknown.difference, None);
    }

    #[test]
    fn what_was_judged_survives_its_own_format() {
        let judged = judged(3, 5);
        let text = serde_json::to_string(&judged).unwrap();
        assert_eq!(serde_json::from_str::<JudgedAbout>(&text).unwrap(), judged);
        assert!(judged.metric("log_loss").is_none());
    }
}
