//! The number that an engine gives a task.

use crate::error::ArrayError;

/// Variables that hold it: of Slurm, Kubernetes, PBS, Grid Engine, AWS Batch and
/// `HyperQueue`.
const VARIABLES: [&str; 6] = [
    "SLURM_ARRAY_TASK_ID",
    "JOB_COMPLETION_INDEX",
    "PBS_ARRAY_INDEX",
    "SGE_TASK_ID",
    "AWS_BATCH_JOB_ARRAY_INDEX",
    "HQ_TASK_ID",
];

/// The number of the task that this process was started for, by the variables of its engine.
///
/// # Errors
/// If none is set, one is no number, or two say different numbers, as where one engine runs in a task of another.
pub fn index_of_engine() -> Result<i64, ArrayError> {
    index_by(|name| std::env::var(name).ok())
}

fn index_by(variable: impl Fn(&str) -> Option<String>) -> Result<i64, ArrayError> {
    // Grid Engine says `undefined` outside of arrays.
    let is_set = |value: &String| !value.is_empty() && value != "undefined";
    let mut found: Option<(&'static str, i64)> = None;
    for name in VARIABLES {
        let Some(value) = variable(name).filter(is_set) else {
            continue;
        };
        let Ok(index) = value.parse() else {
            return Err(ArrayError::WrongIndex { name, value });
        };
        match found {
            Some((first, other)) if other != index => {
                return Err(ArrayError::TwoIndices {
                    first: format!("{first} is {other}"),
                    second: format!("{name} is {index}"),
                });
            }
            _ => found = Some((name, index)),
        }
    }
    let (_, index) = found.ok_or_else(|| ArrayError::NoIndex {
        variables: VARIABLES.join(", "),
    })?;
    Ok(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(set: &[(&str, &str)]) -> Result<i64, String> {
        let value = |name: &str| set.iter().find(|(set, _)| *set == name);
        let variable = |name: &str| value(name).map(|(_, value)| (*value).to_owned());
        index_by(variable).map_err(|error| error.to_string())
    }

    #[test]
    fn variables_that_disagree_are_refused() {
        let slurm = ("SLURM_ARRAY_TASK_ID", "3");
        assert_eq!(of(&[slurm, ("SGE_TASK_ID", "undefined")]), Ok(3));
        assert_eq!(of(&[slurm, ("HQ_TASK_ID", "3")]), Ok(3));
        let refusal = of(&[slurm, ("HQ_TASK_ID", "4")]).unwrap_err();
        assert!(
            refusal.contains("SLURM_ARRAY_TASK_ID is 3, and HQ_TASK_ID is 4"),
            "{refusal}"
        );
        let refusal = of(&[slurm, ("PBS_ARRAY_INDEX", "x")]).unwrap_err();
        assert!(refusal.starts_with("PBS_ARRAY_INDEX: `x`"), "{refusal}");
        assert!(of(&[]).unwrap_err().contains("which task?"));
    }
}
