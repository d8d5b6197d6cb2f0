//! Whether two records of one job say the same, apart from times and machine.

use records::{Outcome, Record, TrialOutcome};
use serde_json::Value;

/// What in two records of one job differs, by name, bit for bit; nothing of what any two fits differ in: times,
/// memory, machine.
pub(crate) fn differences(first: &Record, second: &Record) -> Vec<String> {
    let [first, second] = [first, second].map(|record| {
        let value = serde_json::to_value(timeless(record.clone()));
        value.unwrap_or_default()
    });
    let mut found = Vec::new();
    compare("", &first, &second, &mut found);
    found
}

fn timeless(mut record: Record) -> Record {
    match &mut record {
        Record::Fit(fit) => {
            fit.machine = None;
            if let Outcome::Finished(fitted) = &mut fit.outcome {
                fitted.fit_seconds = None;
                fitted.predict_seconds = None;
                fitted.latency = None;
                fitted.peak_memory_bytes = None;
            }
        }
        Record::Trial(trial) => {
            trial.machine = None;
            match &mut trial.outcome {
                TrialOutcome::Finished(judged) => judged.seconds.clear(),
                TrialOutcome::Failed { seconds, .. } => *seconds = 0.0,
            }
        }
        Record::Run(_) | Record::Controls(_) | Record::Images(_) => {}
    }
    record
}

/// Names the parts that differ: the keys of the record, and those of its outcome.
fn compare(name: &str, first: &Value, second: &Value, found: &mut Vec<String>) {
    if first == second {
        return;
    }
    match (first, second) {
        (Value::Object(a), Value::Object(b)) if name.is_empty() || name == "outcome" => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            for key in keys {
                compare(key, &first[key], &second[key], found);
            }
        }
        _ => found.push(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::examples::{CELL, fit, fitted};

    fn record(predictions: &[u16], seconds: f64) -> Record {
        let mut fitted = fitted(predictions);
        fitted.fit_seconds = Some(seconds);
        let outcome = Outcome::Finished(Box::new(fitted));
        Record::Fit(Box::new(fit("softmax", CELL, outcome)))
    }

    #[test]
    fn times_and_machines_may_differ_and_nothing_else() {
        let first = record(&[0, 1], 1.0);
        let Record::Fit(mut elsewhere) = record(&[0, 1], 2.0) else {
            panic!("it is a fit");
        };
        elsewhere.machine = Some("another".to_owned());
        let mut logs = elsewhere.clone();
        assert!(differences(&first, &Record::Fit(elsewhere)).is_empty());
        assert_eq!(differences(&first, &record(&[1, 1], 1.0)), ["predictions"]);
        if let Outcome::Finished(fitted) = &mut logs.outcome {
            fitted.log_probabilities = Some(vec![0.0, -1.0, -1.0, 0.0]);
        }
        let found = differences(&first, &Record::Fit(logs));
        assert_eq!(found, ["log_probabilities"]);
    }

    #[test]
    fn a_failure_is_not_a_success() {
        let reason = "it fell over".to_owned();
        let failed = fit("softmax", CELL, Outcome::Failed { reason });
        let found = differences(&record(&[0], 1.0), &Record::Fit(Box::new(failed)));
        assert!(found.contains(&"outcome".to_owned()), "{found:?}");
    }
}
