//! What a command is asked for: a plan, changed by the command line, or a recorded run.

use crate::build::BUILD;
use crate::cli::{AnyDataArgs, DataArgs, ReadingArgs, RecordArgs, RecordsArgs, RunArgs};
use crate::failure::Failure;
use crate::registry::REGISTRY;
use crate::source;
use catalog::{Loaded, TableEntry};
use classifier::Cancellation;
use records::{Records, newest_run, read_records, run_file};
use runner::{
    CellProgram, Executor, Learner, Limits, Options, OwnProcess, Plan, Setting, as_typed,
    processors,
};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

impl RunArgs {
    /// The plan that was named, or the built-in one, with the changes that were asked for. `add_registered`
    /// adds every other model to the built-in one where it does not know the data.
    pub(crate) fn plan(
        &self,
        built_in: &str,
        name: &str,
        add_registered: bool,
    ) -> Result<Plan, Failure> {
        let mut plan = match &self.config {
            Some(path) => Plan::read(REGISTRY, path)?,
            None => Plan::built_in(REGISTRY, built_in, name)?,
        };
        match &self.models {
            Some(ids) => plan.choose(ids)?,
            None if add_registered && self.is_of_unknown_data() => plan.add_registered()?,
            None => {}
        }
        for assignment in &self.set {
            plan.set(assignment)?;
        }
        let options = std::mem::take(&mut plan.options).changed_by(&self.plan);
        plan.options = Options {
            quick: self.quick,
            ..self.data.change(options)
        };
        Ok(plan)
    }

    /// Whether models must be chosen for data that no built-in plan knows.
    fn is_of_unknown_data(&self) -> bool {
        let dataset = self.data.known.dataset.as_deref();
        let own = self.data.own.data.is_some() || dataset.and_then(TableEntry::find).is_some();
        own && self.config.is_none() && self.models.is_none()
    }

    /// The data that the plan names, and those of its models that are for them: all that it names, but of
    /// a built-in plan those that suit.
    pub(crate) fn load(&self, plan: &Plan, learners: &mut Vec<Learner>) -> Result<Loaded, Failure> {
        let loaded = source::load(&plan.options, self.data.known.mirror.as_deref(), self.quiet)?;
        if self.config.is_none() && self.models.is_none() {
            let pictures = loaded.content.is_of_pictures();
            learners.retain(|learner| learner.method.suits(pictures));
        }
        Ok(loaded)
    }

    /// Where reports go.
    pub(crate) fn results(&self) -> PathBuf {
        results(self.results.as_deref(), self.quick)
    }

    /// How it is run.
    pub(crate) fn setting<'a>(
        &self,
        executor: &'a dyn Executor,
        cancellation: &Cancellation,
        command: &'a str,
    ) -> Setting<'a> {
        Setting {
            executor,
            threads: self.threads.map_or_else(processors, usize::from),
            limits: Limits {
                time: self.time_limit,
                memory: self.memory_limit.map(|mb| mb as usize * 1_000_000),
            },
            cancellation: cancellation.clone(),
            refit: self.refit,
            keep: false,
            build: Some(&BUILD),
            registry: REGISTRY,
            command,
        }
    }
}

impl AnyDataArgs {
    /// The options with these data. Data that are named here replace the plan's, name and columns and all.
    pub(crate) fn change(&self, mut options: Options) -> Options {
        let DataArgs {
            dataset, data_dir, ..
        } = &self.known;
        if dataset.is_some() || data_dir.is_some() || self.own.data.is_some() {
            options = Options {
                dataset: dataset.clone(),
                data_dir: data_dir.clone(),
                data: self.own.data.clone(),
                ..options.without_data()
            };
        }
        self.own.reading.change(options)
    }
}

impl ReadingArgs {
    /// The options with these in place of some.
    pub(crate) fn change(&self, options: Options) -> Options {
        let mut options = options.changed_by(&self.flags);
        options.test = self.test.clone().or(options.test);
        options
    }
}

/// Where reports go: a quick look never replaces a full comparison.
pub(crate) fn results(asked: Option<&Path>, quick: bool) -> PathBuf {
    let default = if quick { "results/quick" } else { "results" };
    asked.map_or_else(|| default.into(), Path::to_owned)
}

/// Each job in a process of this program.
pub(crate) fn own_processes() -> Result<OwnProcess, Failure> {
    Ok(OwnProcess::new(CellProgram::itself(&["cell"])?))
}

/// The command line, as one would type it.
pub(crate) fn command_line() -> String {
    let mut words = std::env::args_os();
    let program = words.next().unwrap_or_default();
    // Installed, as the Python package does it, it has a name of its own.
    let program = match Path::new(&program).file_name().and_then(OsStr::to_str) {
        Some("plumbline") => "plumbline",
        _ => "cargo run -p experiments --",
    };
    format!("{program} {}", as_typed(words))
}

impl RecordsArgs {
    /// The directory of the reports on the data set.
    pub(crate) fn directory(&self) -> PathBuf {
        self.results.join(&self.dataset)
    }
}

impl RecordArgs {
    /// The run that was named, or the newest, and its file.
    pub(crate) fn read(&self) -> Result<(Records, PathBuf), Failure> {
        let directory = self.records.directory();
        let path = match &self.run {
            Some(run) => run_file(&directory, run)?,
            None => newest_run(&directory)?,
        };
        Ok((read_records(&path)?, path))
    }
}
