//! What is compared, with which program, data and parameters: the file `plan.json`.

use crate::error::ArrayError;
use crate::folder::{FORMAT, Folder};
use catalog::Loaded;
use classifier::Cancellation;
use records::{FILE_NAME, RunRecord, is_file_name, read_own_file, read_records};
use runner::{
    Bench, Build, Comparison, Executor, Failure, JobMethod, Learner, Limits, Options, Place,
    Registry, SearchOptions, Setting, TrialsAhead, Tuning,
};
use search::Space;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

/// Numbers of tasks are far below: they go on from plan to plan.
const MOST_TASKS: u64 = 1 << 53;

/// As many as the command line takes.
const MOST_THREADS: usize = 1024;

/// What is compared, with which program, data and parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub(crate) format: u32,
    /// How it was asked for.
    pub command: String,
    /// The data, by their fingerprint and by where they were when it was written.
    pub data: PlannedData,
    /// What a plan of a comparison says beside its models, with absolute paths.
    pub(crate) options: Options,
    /// Whether it is a quick look at a subset.
    pub quick: bool,
    /// Whether all is done again, whatever the store has.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refit: bool,
    /// Threads of each fit.
    pub threads: usize,
    pub(crate) limits: PlannedLimits,
    pub(crate) models: Vec<PlannedMethod>,
    /// How parameters are searched, where its jobs are trials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchOptions>,
    /// The numbers of its tasks. They go on from those of the plan that was in the folder before, so that a
    /// task that is still queued finds that it is not wanted any more.
    pub tasks: Range<u64>,
    /// What the largest task takes.
    pub needs: Needs,
}

/// Data, by their fingerprint and by where they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedData {
    /// Short name.
    pub name: String,
    /// Where they came from.
    pub origin: String,
    /// SHA-256 of training samples, training labels, test samples and test labels.
    pub sha256: [String; 4],
}

/// What each fit may take.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedLimits {
    seconds: Option<f64>,
    bytes: Option<usize>,
}

/// A model, and what the key of its first fit depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedMethod {
    pub(crate) id: String,
    pub(crate) method: JobMethod,
    pub(crate) train_limit: Option<usize>,
    pub(crate) depends_on: Value,
    /// What a search tries.
    #[serde(default, skip_serializing_if = "Space::is_empty")]
    pub(crate) space: Space,
}

/// What the largest task takes, as far as earlier fits tell.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Needs {
    /// Seconds.
    pub seconds: Option<f64>,
    /// Bytes of memory of one fit.
    pub bytes: Option<usize>,
}

impl From<Limits> for PlannedLimits {
    fn from(limits: Limits) -> Self {
        Self {
            seconds: limits.time.map(|time| time.as_secs_f64()),
            bytes: limits.memory,
        }
    }
}

impl PlannedLimits {
    fn are_possible(self) -> bool {
        self.seconds
            .is_none_or(|seconds| Duration::try_from_secs_f64(seconds).is_ok())
    }
}

impl Plan {
    /// The plan of a folder.
    ///
    /// # Errors
    /// If there is none, or it is of another version.
    pub fn read(folder: &Folder) -> Result<Self, ArrayError> {
        let path = folder.plan();
        let bytes = match read_own_file(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let path = folder.path().to_owned();
                return Err(ArrayError::NoPlan { path });
            }
            Err(error) => return Err(ArrayError::file(&path, error)),
        };
        let value: Value = serde_json::from_slice(&bytes)
            .map_err(|error| ArrayError::file(&path, format!("not a plan of jobs ({error})")))?;
        match value["format"].as_u64() {
            Some(found) if found != u64::from(FORMAT) => {
                return Err(ArrayError::OtherFormat { path, found });
            }
            _ => {}
        }
        let plan: Self = serde_json::from_value(value)
            .map_err(|error| ArrayError::file(&path, format!("not a plan of jobs ({error})")))?;
        if plan.tasks.start > plan.tasks.end || plan.tasks.end > MOST_TASKS {
            let Range { start, end } = plan.tasks;
            let reason = format!("tasks: {start} to {end} are no numbers of tasks");
            return Err(ArrayError::file(&path, reason));
        }
        // Names become names of files.
        if let Some(model) = plan.models.iter().find(|model| !is_file_name(&model.id)) {
            let reason = format!(
                "the id of a model is `{}`; it must be {FILE_NAME}",
                model.id
            );
            return Err(ArrayError::file(&path, reason));
        }
        if !(1..=MOST_THREADS).contains(&plan.threads) {
            let reason = format!("threads: {} is not from 1 to {MOST_THREADS}", plan.threads);
            return Err(ArrayError::file(&path, reason));
        }
        if !plan.limits.are_possible() {
            return Err(ArrayError::file(&path, "limits.seconds: not a time"));
        }
        Ok(plan)
    }

    /// What the comparison is asked to do. The paths in it are those of the machine that wrote the plan, unless
    /// the data are at `data` here.
    pub fn options(&self, data: Option<PathBuf>) -> Options {
        let mut options = Options {
            quick: self.quick,
            ..self.options.clone()
        };
        let place = if options.data_dir.is_some() {
            &mut options.data_dir
        } else {
            &mut options.data
        };
        *place = data.or(place.take());
        options
    }

    /// How its fits are run.
    pub fn setting<'a>(
        &'a self,
        executor: &'a dyn Executor,
        registry: Registry,
        build: &'a Build,
        cancellation: Cancellation,
    ) -> Setting<'a> {
        Setting {
            threads: self.threads,
            limits: self.limits(),
            cancellation,
            build: Some(build),
            command: &self.command,
            ..Setting::new(executor, registry)
        }
    }

    /// What each fit may take.
    pub(crate) fn limits(&self) -> Limits {
        let time = self.limits.seconds.map(Duration::try_from_secs_f64);
        Limits {
            time: time.and_then(Result::ok),
            memory: self.limits.bytes,
        }
    }

    /// Whether the two are the same file: not all of its options are written.
    pub(crate) fn is_written_as(&self, other: &Self) -> bool {
        let [one, two] = [self, other].map(|plan| serde_json::to_value(plan).ok());
        one.is_some() && one == two
    }

    /// How many tasks there are.
    pub fn count(&self) -> u64 {
        self.tasks.end.saturating_sub(self.tasks.start)
    }

    /// The comparison again, from the data and with this program.
    ///
    /// # Errors
    /// If the data, the program or a parameter is not the one of the plan: then it says which.
    pub fn comparison(
        &self,
        folder: &Folder,
        data: Loaded,
        registry: Registry,
        build: &Build,
    ) -> Result<(Comparison, RunRecord), ArrayError> {
        let learners = self.learners(folder, &data, registry)?;
        let known = read_records(&folder.run())?;
        let planned = known.run.models.iter();
        let given = planned.filter(|model| model.predictions.is_some());
        let given = given.map(|model| {
            let fits = known.fits.iter().filter(|fit| fit.id == model.id);
            (model.clone(), fits.cloned().collect())
        });
        let comparison =
            Comparison::new(data, learners, self.options(None))?.with(given.collect())?;
        let here = comparison.first_fits(build);
        self.check(here.map(|piece| piece.depends_on()))?;
        Ok((comparison, known.run))
    }

    /// The search again, from the data and with this program. It looks into no store. Whether it is the one of the plan
    /// is seen by its [`trials`](Self::trials).
    ///
    /// # Errors
    /// If the data are not those of the plan, or cannot be divided as it says.
    pub fn tuning<'a>(
        &self,
        folder: &Folder,
        data: Loaded,
        registry: Registry,
        search: SearchOptions,
        setting: &'a Setting<'a>,
    ) -> Result<Tuning<'a>, ArrayError> {
        // As many as the command line takes: they are all planned at once.
        if !(1..=usize::from(u16::MAX)).contains(&search.trials) {
            let reason = format!(
                "search.trials: {} is not from 1 to {}",
                search.trials,
                u16::MAX
            );
            return Err(ArrayError::file(&folder.plan(), reason));
        }
        let learners = self.learners(folder, &data, registry)?;
        Ok(Tuning::new(
            data,
            learners,
            &self.options(None),
            search,
            None,
            setting,
        )?)
    }

    /// The trials of the plan's search.
    ///
    /// # Errors
    /// If the program or a parameter is not the one of the plan: then it says which.
    pub fn trials<'a>(&self, tuning: &'a Tuning<'a>) -> Result<TrialsAhead<'a>, ArrayError> {
        let trials = tuning.ahead()?;
        let models = self.models.iter();
        self.check(models.map(|model| first_of(&trials, &model.id)))?;
        Ok(trials)
    }

    /// The models, ready to train, if the data are those of the plan.
    fn learners(
        &self,
        folder: &Folder,
        data: &Loaded,
        registry: Registry,
    ) -> Result<Vec<Learner>, ArrayError> {
        if data.sha256 != self.data.sha256 {
            let name = self.data.name.clone();
            return Err(Failure::OtherData { name }.into());
        }
        let place = Place::Option(folder.plan().display().to_string());
        let models = self.models.iter().map(|model| {
            let method = &model.method;
            let learner = method.learner(&model.id, model.train_limit, registry, &place)?;
            Ok(Learner {
                space: model.space.clone(),
                ..learner
            })
        });
        models.collect()
    }

    /// That every model depends on what it depended on when the plan was written.
    fn check(&self, here: impl Iterator<Item = Value>) -> Result<(), ArrayError> {
        for (model, here) in self.models.iter().zip(here) {
            if let Some((what, planned, here)) = difference(&model.depends_on, &here, "") {
                return Err(ArrayError::NotAsPlanned {
                    model: model.id.clone(),
                    advice: advice(&what),
                    what,
                    planned,
                    here,
                });
            }
        }
        Ok(())
    }

    /// The path of a file in the plan, as this machine has it.
    pub fn data_path(&self) -> Option<&PathBuf> {
        self.options
            .data
            .as_ref()
            .or(self.options.data_dir.as_ref())
    }
}

/// What the first trial of a model depends on; nothing where it refuses all values.
pub(crate) fn first_of(trials: &TrialsAhead<'_>, id: &str) -> Value {
    let first = trials.pieces().find(|piece| piece.id() == id);
    first.map_or(Value::Null, |piece| piece.depends_on())
}

/// The first place where two values differ, and what is there.
fn difference(planned: &Value, here: &Value, path: &str) -> Option<(String, String, String)> {
    if let (Value::Object(a), Value::Object(b)) = (planned, here) {
        let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
        let mut found = keys.filter_map(|key| {
            let path = match path {
                "" => key.clone(),
                _ => format!("{path}.{key}"),
            };
            difference(&planned[key], &here[key], &path)
        });
        return found.next();
    }
    let shown = |value: &Value| match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        // Where a search has no trial that its model takes.
        Value::Object(_) => "something".to_owned(),
        other => other.to_string(),
    };
    let path = if path.is_empty() { "trials" } else { path };
    (planned != here).then(|| (path.to_owned(), shown(planned), shown(here)))
}

/// What to do where this differs.
fn advice(what: &str) -> &'static str {
    match what.split('.').nth(1).unwrap_or(what) {
        "measuring" | "sources" | "libraries" | "compiler" | "build" | "format" => {
            "run the same program everywhere, or write the plan again"
        }
        "files" => "the program of the plan is another file here",
        _ => "write the plan again with --jobs",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_differs_is_named_by_its_path() {
        let planned = json!({"data": ["1"], "recipe": {"model": "a", "parameters": {"epochs": 5}}});
        assert_eq!(difference(&planned, &planned, ""), None);
        let mut here = planned.clone();
        here["recipe"]["parameters"]["epochs"] = json!(6);
        let (what, planned_is, here_is) = difference(&planned, &here, "").unwrap();
        assert_eq!(
            (what.as_str(), planned_is.as_str(), here_is.as_str()),
            ("recipe.parameters.epochs", "5", "6")
        );
        here = planned.clone();
        here["new"] = json!(true);
        let (what, planned_is, _) = difference(&planned, &here, "").unwrap();
        assert_eq!((what.as_str(), planned_is.as_str()), ("new", "nothing"));
    }
}
