//! What is said of fits and of a search while they go on.

use records::TunedModel;
use serde_json::Value;
use std::time::Duration;

/// What came of the search for one model.
pub fn found(model: &TunedModel, reused: usize) -> String {
    let reused = match reused {
        0 => String::new(),
        reused => format!(" ({reused} of them cached)"),
    };
    match model.best_trial() {
        Some(best) => format!(
            "{:.2} % right with {}, best of {} trials{reused} in {:.0} s",
            best.accuracy.unwrap_or(0.0) * 100.0,
            Value::Object(best.values.clone()),
            model.trials.len(),
            model.seconds
        ),
        None => format!("none of {} trials finished", model.trials.len()),
    }
}

/// The time that is left if the rest takes as long as the share that is done.
pub fn left(elapsed: Duration, share: f64) -> String {
    if share <= 0.0 {
        return "time left unknown".to_owned();
    }
    let seconds = (elapsed.as_secs_f64() * (1.0 - share) / share).round() as u64;
    let left = humantime::format_duration(Duration::from_secs(seconds));
    format!("{left} left")
}

/// How far a fit is: the parts that are done, `state`, and the time that is left once some are done and others not.
pub fn parts(done: usize, total: usize, unit: &str, state: &str, elapsed: Duration) -> String {
    let message = format!("{done} of {total} {unit}{state}");
    if (1..total).contains(&done) {
        let left = left(elapsed, done as f64 / total as f64);
        return format!("{message}, {left}");
    }
    message
}

/// How far it is: the trials that ended, of all if their number is known, the best share right among them, and the time
/// that is left.
pub fn so_far(done: usize, all: Option<usize>, best: Option<f64>, left: &str) -> String {
    let trials = match all {
        Some(all) => format!("{done} of {all} trials"),
        None if done == 1 => "1 trial".to_owned(),
        None => format!("{done} trials"),
    };
    let best = best.map_or_else(
        || "none finished".to_owned(),
        |best| format!("best {:.2} % right", best * 100.0),
    );
    format!("{trials}, {best}, {left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fit_that_is_amid_its_parts_has_some_time_left() {
        let parts = |done| parts(done, 4, "epochs", ", loss 0.5", Duration::from_secs(30));
        assert_eq!(parts(0), "0 of 4 epochs, loss 0.5");
        assert_eq!(parts(1), "1 of 4 epochs, loss 0.5, 1m 30s left");
        assert_eq!(parts(4), "4 of 4 epochs, loss 0.5");
    }

    #[test]
    fn a_line_has_the_trials_the_best_and_the_time_left() {
        let left = left(Duration::from_secs(30), 0.25);
        assert_eq!(left, "1m 30s left");
        let line = so_far(5, Some(20), Some(0.9218), &left);
        assert_eq!(line, "5 of 20 trials, best 92.18 % right, 1m 30s left");
        let line = so_far(1, None, None, &super::left(Duration::ZERO, 0.0));
        assert_eq!(line, "1 trial, none finished, time left unknown");
    }
}
