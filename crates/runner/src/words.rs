//! What is said of the fits of a run while it goes on.

use records::{Cell, FitRecord, Folds, Outcome, Role, RunRecord, Split, thousands};
use std::ffi::OsString;
use std::time::Duration;

/// A fit of a model: "softmax, fold 2 of 5".
pub fn of_fit(run: &RunRecord, id: &str, cell: Cell) -> String {
    format!("{id}{}", of_cell(run, cell))
}

/// Which fit of a model, where there are several: ", fold 2 of 5".
fn of_cell(run: &RunRecord, cell: Cell) -> String {
    if let Role::Smaller(size) = cell.role {
        return format!(", {} samples", thousands(size));
    }
    let fold = match (cell.split, run.protocol.folds()) {
        (Split::Fold { fold, .. }, Some(Folds { repeats: 1, folds })) => {
            format!(", fold {} of {folds}", fold + 1)
        }
        (Split::Fold { repeat, fold }, Some(Folds { repeats, folds })) => format!(
            ", fold {} of {folds}, repetition {} of {repeats}",
            fold + 1,
            u16::from(repeat) + 1
        ),
        _ => String::new(),
    };
    if run.protocol.seeds == 1 {
        fold
    } else {
        format!("{fold}, seed {}", cell.seed)
    }
}

/// Words as one would type them into a shell.
pub fn as_typed(words: impl IntoIterator<Item = OsString>) -> String {
    let quoted = words.into_iter().map(|word| {
        let word = word.to_string_lossy().into_owned();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:".contains(c);
        if word.chars().all(plain) && !word.is_empty() {
            word
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    });
    quoted.collect::<Vec<String>>().join(" ")
}

/// A number of things: "1 model", "2 models".
pub(crate) fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", thousands(number))
}

/// How a fit ended, in a line.
pub(crate) fn in_a_line(run: &RunRecord, record: &FitRecord, reused: bool) -> String {
    match &record.outcome {
        Outcome::Finished(fitted) => {
            let time = fitted.fit_seconds.map(Duration::try_from_secs_f64);
            format!(
                "{:6.2} % right{}{}",
                run.accuracy(record).unwrap_or(0.0) * 100.0,
                time.and_then(Result::ok)
                    .map_or_else(String::new, |time| format!(", fitted in {time:>8.2?}")),
                if reused { " (cached)" } else { "" }
            )
        }
        Outcome::Failed { reason } => format!("failed: {reason}"),
        Outcome::Cancelled => "cancelled".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_can_be_pasted_into_a_shell() {
        let words = ["compare", "--data", "it's a.csv", ""].map(OsString::from);
        assert_eq!(as_typed(words), r"compare --data 'it'\''s a.csv' ''");
    }
}
