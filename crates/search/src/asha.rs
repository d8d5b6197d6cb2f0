//! Asynchronous successive halving, ASHA (Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht and
//! Talwalkar 2020, "A system for massively parallel hyperparameter tuning").

/// What to begin next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Start {
    /// The trial whose values go on to this rung, by its number; `None` for new values.
    pub from: Option<usize>,
    /// What it may use of the full resource.
    pub share: f64,
}

/// The trials that were begun, in order. Trials are numbered from 0 in the order in which they are begun,
/// whenever they end.
#[derive(Debug, Clone)]
pub struct Asha {
    factor: usize,
    /// The highest rung, which has the full resource.
    top: usize,
    /// The rung of each trial, and whether its values went on from there.
    begun: Vec<(usize, bool)>,
}

impl Asha {
    /// A search whose rungs have `factor` times the resource of the one below, the lowest at least
    /// `least` of it all. `budget` counts trials with the full resource: a small one has fewer rungs, so
    /// that some trial reaches the highest.
    ///
    /// # Panics
    /// If `factor` is below 2 or `least` is not in (0, 1].
    pub fn new(budget: usize, factor: usize, least: f64) -> Self {
        // A rung needs about one trial's budget, and half as much again for trials that are begun before
        // others end.
        let affordable = (budget * 2 / 3).max(1);
        Self {
            factor,
            top: crate::rungs(affordable, factor, least).len() - 1,
            begun: Vec::new(),
        }
    }

    /// What to begin next, and counts it as begun: the best third (for a factor of 3) of each rung goes on,
    /// the highest rung first; where nobody may, new values begin at the lowest. `losses` are of the first
    /// trials, as many as the caller wants to be known, the smaller the better; trials with NaN never go on.
    /// `None` where `left`, in trials with the full resource, is too little for anything.
    ///
    /// The outcome depends on `losses` and on what was begun before, not on the clock.
    pub fn next(&mut self, losses: &[f64], left: f64) -> Option<Start> {
        let affordable = |rung: usize| self.share(rung) <= left + 1e-9;
        let promotion = (0..self.top)
            .rev()
            .filter(|&rung| affordable(rung + 1))
            .find_map(|rung| Some((self.promotable(rung, losses)?, rung + 1)));
        let (from, rung) = match promotion {
            Some((trial, rung)) => (Some(trial), rung),
            None if affordable(0) => (None, 0),
            None => return None,
        };
        if let Some(trial) = from {
            self.begun[trial].1 = true;
        }
        self.begun.push((rung, false));
        let share = self.share(rung);
        Some(Start { from, share })
    }

    fn share(&self, rung: usize) -> f64 {
        (self.factor as f64).powi(rung as i32 - self.top as i32)
    }

    /// The best trial of a rung that may go on and has not.
    fn promotable(&self, rung: usize, losses: &[f64]) -> Option<usize> {
        let ended = losses.iter().zip(&self.begun).enumerate();
        let mut of_rung: Vec<(usize, f64)> = ended
            .filter(|(_, (_, begun))| begun.0 == rung)
            .map(|(trial, (&loss, _))| (trial, loss))
            .collect();
        let best = of_rung.len() / self.factor;
        of_rung.retain(|(_, loss)| !loss.is_nan());
        // A stable sort: the first of equals first.
        of_rung.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut best = of_rung.into_iter().take(best);
        best.find(|&(trial, _)| !self.begun[trial].1)
            .map(|(trial, _)| trial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Runs a search whose new values have these losses in turn, at every rung. Each decision knows all
    /// trials but the last `lag`.
    fn run(losses: &[f64], budget: usize, lag: usize) -> Vec<(Start, f64)> {
        let mut asha = Asha::new(budget, 3, 1.0 / 27.0);
        let mut begun: Vec<(Start, f64)> = Vec::new();
        let (mut fresh, mut left) = (losses.iter().copied().cycle(), budget as f64);
        loop {
            let known: Vec<f64> = begun.iter().map(|(_, loss)| *loss).collect();
            let known = &known[..begun.len().saturating_sub(lag)];
            let Some(start) = asha.next(known, left) else {
                return begun;
            };
            left -= start.share;
            let loss = start
                .from
                .map_or_else(|| fresh.next().unwrap(), |trial| begun[trial].1);
            begun.push((start, loss));
        }
    }

    #[test]
    fn the_best_third_of_a_rung_goes_on() {
        let begun = run(&[0.3, 0.1, 0.2, 0.9, 0.05, 0.8], 6, 0);
        let from: Vec<Option<usize>> = begun.iter().take(9).map(|(start, _)| start.from).collect();
        let expected = [None, None, None, Some(1), None, None, Some(5), None, None];
        assert_eq!(from, expected, "0.1 is the best of three, 0.05 of five");
        let shares: Vec<f64> = begun.iter().map(|(start, _)| start.share).collect();
        assert_eq!((shares[0], shares[3]), (1.0 / 27.0, 1.0 / 9.0));
    }

    #[test]
    fn a_decision_waits_for_nobody() {
        let (at_once, late) = (run(&[0.3, 0.1, 0.2], 6, 0), run(&[0.3, 0.1, 0.2], 6, 4));
        let first = |begun: &[(Start, f64)]| begun.iter().position(|(s, _)| s.from.is_some());
        assert_eq!((first(&at_once), first(&late)), (Some(3), Some(7)));
    }

    #[test]
    fn trials_that_came_to_nothing_do_not_go_on() {
        let begun = run(&[f64::NAN], 6, 0);
        assert!(begun.iter().all(|(start, _)| start.from.is_none()));
    }

    proptest! {
        #[test]
        fn the_budget_is_kept_and_some_trial_has_the_full_resource(
            losses in prop::collection::vec(0.0..1.0_f64, 100),
            budget in 1..60_usize,
        ) {
            let begun = run(&losses, budget, budget.clamp(1, 16) - 1);
            let used: f64 = begun.iter().map(|(start, _)| start.share).sum();
            prop_assert!(used <= budget as f64 + 1e-6 && used > budget as f64 - 1.0);
            prop_assert!(begun.iter().any(|(start, _)| start.share == 1.0));
        }
    }
}
