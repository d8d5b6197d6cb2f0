//! Which models nobody beats in error and cost at once: Pareto fronts.

use crate::model::{Cost, Finished, ModelSummary};
use crate::report::Report;

/// A cost that is weighed against the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// Seconds to fit.
    FitTime,
    /// Seconds to predict one image, the median.
    Latency,
    /// The 99th percentile of these.
    SlowLatency,
    /// The number of learnt values.
    Size,
}

impl Price {
    /// Those that reports weigh.
    pub const ALL: [Self; 4] = [Self::FitTime, Self::Latency, Self::SlowLatency, Self::Size];

    /// Its value for a model, where it is known.
    pub fn of(self, cost: &Cost) -> Option<f64> {
        match self {
            Self::FitTime => cost.fit_seconds,
            Self::Latency => cost.latency.map(|latency| latency.p50),
            Self::SlowLatency => cost.latency.map(|latency| latency.p99),
            Self::Size => cost.parameters.map(|count| count as f64),
        }
    }

    /// Whether it depends on the machine.
    fn is_time(self) -> bool {
        self != Self::Size
    }
}

impl Report {
    /// The models that no other beats in both error and price, the best first; those whose price is not
    /// known are left out. Times of different machines are not weighed against each other: of these prices,
    /// only models that were measured on one machine are there, the one of most models.
    pub fn front(&self, price: Price) -> Vec<(&ModelSummary, &Finished)> {
        let mut front: Vec<(&ModelSummary, &Finished)> = Vec::new();
        // From the best down, each must be cheaper than all that are at least as good.
        let mut cheapest = f64::INFINITY;
        let machine = self.machine_of_most();
        for (model, of) in self.ranked() {
            let own = of.cost.machine.as_deref();
            if price.is_time() && (own.is_none() || own != machine) {
                continue;
            }
            let Some(paid) = price.of(&of.cost) else {
                continue;
            };
            if paid < cheapest {
                cheapest = paid;
                // Of models that are equally good, the cheaper one stays.
                front.retain(|(_, other)| other.quality.accuracy != of.quality.accuracy);
                front.push((model, of));
            }
        }
        front
    }

    /// The machine that most models were measured on alone; of several the first.
    fn machine_of_most(&self) -> Option<&str> {
        let finished = || {
            self.finished()
                .filter_map(|(_, of)| of.cost.machine.as_deref())
        };
        let count = |machine: &str| finished().filter(|one| *one == machine).count();
        // The last of equals is taken, so that the first comes last.
        finished()
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .max_by_key(|one| count(one))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::with_costs;

    #[test]
    fn nobody_on_the_front_is_beaten_in_error_and_price() {
        let models = [
            ("best", 0, 9.0),
            ("equal", 0, 5.0),
            ("worse", 4, 6.0),
            ("cheap", 9, 1.0),
        ];
        let report = with_costs(&models, 100);
        let front = report.front(Price::FitTime);
        let ids: Vec<&str> = front.iter().map(|(model, _)| model.id.as_str()).collect();
        assert_eq!(ids, ["equal", "cheap"]);
    }

    #[test]
    fn times_of_another_machine_are_on_no_front() {
        let models = [("best", 0, 9.0), ("middle", 4, 6.0), ("cheap", 9, 1.0)];
        let mut report = with_costs(&models, 100);
        let on = |report: &mut Report, id: &str, machine: Option<&str>| {
            let mut models = report.models.iter_mut();
            let model = models.find(|model| model.id == id).unwrap();
            let cost = &mut model.finished.as_mut().unwrap().cost;
            cost.machine = machine.map(str::to_owned);
        };
        let ids = |report: &Report, price| -> Vec<String> {
            let front = report.front(price).into_iter();
            front.map(|(model, _)| model.id.clone()).collect()
        };
        on(&mut report, "cheap", Some("another"));
        assert_eq!(ids(&report, Price::FitTime), ["best", "middle"]);
        // Fitted on several machines.
        on(&mut report, "best", None);
        assert_eq!(ids(&report, Price::FitTime), ["middle"]);
        assert_eq!(ids(&report, Price::Size), ["best"]);
        for id in ["middle", "cheap"] {
            on(&mut report, id, None);
        }
        assert!(ids(&report, Price::FitTime).is_empty());
    }
}
