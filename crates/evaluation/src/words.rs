//! What is said of a kept model, in words and in rows of words.

use kept::{Comparison, JudgedAbout, MetricAbout, SetsJudged};

/// A row for each metric: its name, its value and interval, its value at training, and the interval of the
/// difference.
pub fn compared_rows(rows: &[Comparison]) -> Vec<[String; 5]> {
    let row = |row: &Comparison| {
        let [now, interval] = with_interval(Some(&row.now));
        let then = row.then.as_ref();
        let difference = row.difference;
        [
            row.now.heading(),
            now,
            interval,
            then.map_or_else(dash, |then| format!("{:.4}", then.value.0)),
            difference.map_or_else(dash, |by| format!("{:+.4} to {:+.4}", by.low, by.high)),
        ]
    };
    rows.iter().map(row).collect()
}

/// A row for each level of sets: the level, how often they held the true class, its interval, and their mean size.
pub fn sets_rows(judged: &[SetsJudged]) -> Vec<[String; 4]> {
    let row = |found: &SetsJudged| {
        [
            found.level.to_string(),
            format!("{:.4}", found.coverage),
            format!("{:.4} to {:.4}", found.interval.low, found.interval.high),
            format!("{:.2}", found.size),
        ]
    };
    judged.iter().map(row).collect()
}

/// A metric and its interval, if there is one.
pub(crate) fn with_interval(metric: Option<&MetricAbout>) -> [String; 2] {
    metric.map_or_else(
        || [dash(), dash()],
        |metric| {
            let value = format!("{:.4}", metric.value.0);
            [value, metric.interval_in_words()]
        },
    )
}

fn dash() -> String {
    "–".to_owned()
}

/// Whether the model is as good as it was; `rows` are what [`JudgedAbout::beside`] says.
pub fn in_words(now: &JudgedAbout, then: Option<&JudgedAbout>, rows: &[Comparison]) -> String {
    let Some(then) = then else {
        return "how good it was at training is not in its file".to_owned();
    };
    if now.is_of_the_samples_of(then) {
        return if now.metrics == then.metrics {
            "these are the samples that it was judged on at training, and every metric is the same"
                .to_owned()
        } else {
            "these are the samples that it was judged on at training, and metrics are not the same: \
             the program or the machine computes otherwise"
                .to_owned()
        };
    }
    let different = rows.iter().filter(|row| row.differs());
    let different: Vec<String> = different.map(|row| row.now.heading()).collect();
    if different.is_empty() {
        "no metric can be told from what it was at training".to_owned()
    } else {
        format!(
            "other than at training: {} (each 95 % interval excludes 0)",
            different.join(", ")
        )
    }
}
