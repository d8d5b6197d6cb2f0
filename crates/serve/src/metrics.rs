//! What the server counts, in the text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Upper ends of the classes of durations, in seconds.
const ENDS: [f64; 12] = [
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0,
];

/// What the server counts.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// Requests by path and status.
    requests: Mutex<BTreeMap<(&'static str, u16), u64>>,
    /// Durations of answers to questions: of each class, and of all together.
    durations: [AtomicU64; ENDS.len() + 1],
    microseconds: AtomicU64,
    /// Questions that wait for a worker.
    pub(crate) waiting: Gauge,
    /// Connections that are open.
    pub(crate) connections: Gauge,
}

/// A number that rises and falls.
#[derive(Debug, Default)]
pub(crate) struct Gauge(AtomicI64);

impl Gauge {
    /// Changes it, and gives what it was before.
    pub(crate) fn add(&self, change: i64) -> i64 {
        self.0.fetch_add(change, Ordering::Relaxed)
    }

    fn get(&self) -> i64 {
        // A worker may take a question before it was counted.
        self.0.load(Ordering::Relaxed).max(0)
    }
}

impl Metrics {
    /// Counts a request.
    pub(crate) fn count(&self, path: &'static str, status: u16) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((path, status)).or_default() += 1;
    }

    /// Counts how long an answer to a question took.
    pub(crate) fn took(&self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let class = ENDS.iter().position(|&end| seconds <= end);
        self.durations[class.unwrap_or(ENDS.len())].fetch_add(1, Ordering::Relaxed);
        let microseconds = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.microseconds.fetch_add(microseconds, Ordering::Relaxed);
    }

    /// All of it, as Prometheus reads it.
    pub(crate) fn page(&self) -> String {
        let mut page = String::from(
            "# HELP plumbline_requests_total Requests by path and status.\n\
             # TYPE plumbline_requests_total counter\n",
        );
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((path, status), count) in &*requests {
            let labels = format!("path=\"{path}\",status=\"{status}\"");
            let _ = writeln!(page, "plumbline_requests_total{{{labels}}} {count}");
        }
        drop(requests);
        page.push_str(
            "# HELP plumbline_predict_seconds Time from a question's last byte to its answer.\n\
             # TYPE plumbline_predict_seconds histogram\n",
        );
        let mut count = 0;
        for (class, of_class) in self.durations.iter().enumerate() {
            count += of_class.load(Ordering::Relaxed);
            let end = ENDS.get(class).map_or("+Inf".to_owned(), f64::to_string);
            let _ = writeln!(
                page,
                "plumbline_predict_seconds_bucket{{le=\"{end}\"}} {count}"
            );
        }
        let sum = self.microseconds.load(Ordering::Relaxed) as f64 / 1e6;
        let _ = writeln!(page, "plumbline_predict_seconds_sum {sum}");
        let _ = writeln!(page, "plumbline_predict_seconds_count {count}");
        for (name, help, gauge) in [
            (
                "waiting",
                "Questions that wait for a worker.",
                &self.waiting,
            ),
            (
                "connections",
                "Connections that are open.",
                &self.connections,
            ),
        ] {
            let value = gauge.get();
            let _ = writeln!(
                page,
                "# HELP plumbline_{name} {help}\n# TYPE plumbline_{name} gauge\nplumbline_{name} {value}"
            );
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_durations_add_up_and_labels_are_quoted() {
        let metrics = Metrics::default();
        metrics.count("/v1/predict", 200);
        metrics.count("/v1/predict", 200);
        for milliseconds in [1, 1, 3, 60_000] {
            metrics.took(Duration::from_millis(milliseconds));
        }
        let page = metrics.page();
        for line in [
            "plumbline_requests_total{path=\"/v1/predict\",status=\"200\"} 2\n",
            "plumbline_predict_seconds_bucket{le=\"0.0005\"} 0\n",
            "plumbline_predict_seconds_bucket{le=\"0.001\"} 2\n",
            "plumbline_predict_seconds_bucket{le=\"0.005\"} 3\n",
            "plumbline_predict_seconds_bucket{le=\"+Inf\"} 4\n",
            "plumbline_predict_seconds_sum 60.005\n",
            "plumbline_predict_seconds_count 4\n",
            "plumbline_waiting 0\n",
        ] {
            assert!(page.contains(line), "{line} in {page}");
        }
    }
}
