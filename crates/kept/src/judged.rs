//! How good a model was on some samples, and whether it is as good on others.

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
    /// Confidence of the intervals.
    pub confidence: f64,
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
    /// The lower end of its interval, if it has one.
    pub low: Option<Number>,
    /// The upper end.
    pub high: Option<Number>,
}

/// A metric now, and at the time of training.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Now.
    pub now: MetricAbout,
    /// At the time of training, if that is known.
    pub then: Option<MetricAbout>,
    /// The interval of now − then, for samples that have nothing to do with each other.
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
    /// The metric of this key.
    pub fn metric(&self, key: &str) -> Option<&MetricAbout> {
        self.metrics.iter().find(|metric| metric.metric == key)
    }

    /// Every metric beside what it was `then`.
    pub fn beside(&self, then: Option<&Self>) -> Vec<Comparison> {
        let rows = self.metrics.iter().map(|now| {
            let then = then.and_then(|then| then.metric(&now.metric));
            Comparison {
                now: now.clone(),
                then: then.cloned(),
                difference: then.and_then(|then| now.minus(then)),
            }
        });
        rows.collect()
    }

    /// Whether this was judged on the very samples that `other` was judged on.
    pub fn is_of_the_samples_of(&self, other: &Self) -> bool {
        self.sha256.is_some() && self.sha256 == other.sha256 && self.samples == other.samples
    }
}

impl MetricAbout {
    /// Its name for people.
    pub fn heading(&self) -> String {
        self.metric.replace('_', " ")
    }

    /// Its interval, if it has one.
    pub fn interval(&self) -> Option<Interval> {
        Some(Interval {
            low: self.low?.0,
            high: self.high?.0,
        })
    }

    /// Its ends, or a dash.
    pub fn interval_in_words(&self) -> String {
        self.interval().map_or_else(
            || "–".to_owned(),
            |of| format!("{:.4} to {:.4}", of.low, of.high),
        )
    }

    fn minus(&self, other: &Self) -> Option<Interval> {
        let ends = |metric: &Self| Some((metric.value.0, metric.interval()?));
        let interval = independent_difference(ends(self)?, ends(other)?);
        interval.low.is_finite().then_some(interval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statistics::wilson;

    /// `right` of `samples` are right.
    fn judged(right: usize, samples: usize) -> JudgedAbout {
        let interval = wilson(right, samples, 0.95);
        JudgedAbout {
            on: "test samples".to_owned(),
            samples,
            sha256: None,
            confidence: 0.95,
            metrics: vec![MetricAbout {
                metric: "accuracy".to_owned(),
                value: Number(right as f64 / samples as f64),
                low: Some(Number(interval.low)),
                high: Some(Number(interval.high)),
            }],
        }
    }

    #[test]
    fn a_model_that_is_as_good_as_before_does_not_differ_and_a_worse_one_does() {
        let then = judged(900, 1_000);
        let of = |now: JudgedAbout| now.beside(Some(&then)).remove(0);
        let same = of(judged(451, 500));
        assert!(!same.differs() && same.difference.is_some());
        let worse = of(judged(400, 500));
        assert!(worse.differs() && worse.difference.unwrap().high < 0.0);
        let unknown = judged(400, 500).beside(None).remove(0);
        assert_eq!(unknown.difference, None);
    }

    #[test]
    fn infinite_metrics_survive_the_format_and_do_not_differ() {
        let mut judged = judged(3, 5);
        judged.metrics[0].value = Number(f64::INFINITY);
        let text = serde_json::to_string(&judged).unwrap();
        assert_eq!(serde_json::from_str::<JudgedAbout>(&text).unwrap(), judged);
        let beside = judged.beside(Some(&judged)).remove(0);
        assert_eq!(beside.difference, None);
    }
}
