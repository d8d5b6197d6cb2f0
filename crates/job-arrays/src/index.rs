//! The number that an engine gives a task.

use crate::error::ArrayError;

/// Variables that hold it, the first that is set counts: of Slurm, Kubernetes, PBS, Grid Engine, AWS Batch and
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
/// If none is set, or it is no number.
pub fn index_of_engine() -> Result<i64, ArrayError> {
    // Grid Engine says `undefined` outside of arrays.
    let is_set = |value: &String| !value.is_empty() && value != "undefined";
    let set = |name: &&'static str| Some((*name, std::env::var(name).ok().filter(is_set)?));
    let (name, value) = VARIABLES
        .iter()
        .find_map(set)
        .ok_or_else(|| ArrayError::NoIndex {
            variables: VARIABLES.join(", "),
        })?;
    value
        .parse()
        .map_err(|_| ArrayError::WrongIndex { name, value })
}
