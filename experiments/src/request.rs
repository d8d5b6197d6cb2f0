//! What a command is asked for: a plan, changed by the command line, or a recorded run.

use crate::build::BUILD;
use crate::cli::{DataArgs, RecordArgs, RecordsArgs, RunArgs};
use crate::failure::Failure;
use crate::registry::REGISTRY;
use catalog::Splits;
use classifier::Cancellation;
use records::{Records, newest_run, read_records};
use runner::{CellProgram, Executor, Limits, OwnProcess, Plan, Setting, processors};
use std::path::{Path, PathBuf};

impl RunArgs {
    /// The plan that was named, or the built-in one, with the changes that were asked for.
    pub(crate) fn plan(&self, built_in: &str, name: &str) -> Result<Plan, Failure> {
        let mut plan = match &self.config {
            Some(path) => Plan::read(REGISTRY, path)?,
            None => Plan::built_in(REGISTRY, built_in, name)?,
        };
        if let Some(ids) = &self.models {
            plan.choose(ids)?;
        }
        for assignment in &self.set {
            plan.set(assignment)?;
        }
        let options = &mut plan.options;
        *options = std::mem::take(options).changed_by(&self.plan);
        options.quick = self.quick;
        // Files named on the command line replace the plan's data set, name and all, and the other way
        // round.
        if self.data.dataset.is_some() || self.data.data_dir.is_some() {
            options.dataset.clone_from(&self.data.dataset);
            options.data_dir.clone_from(&self.data.data_dir);
        }
        Ok(plan)
    }

    /// The data that the plan names.
    pub(crate) fn load(&self, plan: &Plan) -> Result<Splits, Failure> {
        let data = DataArgs {
            dataset: plan.options.dataset.clone(),
            data_dir: plan.options.data_dir.clone(),
            mirror: self.data.mirror.clone(),
        };
        crate::source::load(&data, self.quiet)
    }

    /// Where reports go.
    pub(crate) fn results(&self) -> PathBuf {
        let default = if self.quick {
            "results/quick"
        } else {
            "results"
        };
        self.results.clone().unwrap_or_else(|| default.into())
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

/// Refuses options that exclude each other, where one is in the plan and the other on the command line.
pub(crate) fn check_exclusions(plan: &Plan) -> Result<(), Failure> {
    match plan.options.exclusion() {
        Some([first, other]) => Err(Failure::Option {
            option: format!("--{first}"),
            reason: format!("`{first}` excludes `{other}`"),
        }),
        None => Ok(()),
    }
}

/// Each job in a process of this program.
pub(crate) fn own_processes() -> Result<OwnProcess, Failure> {
    // The file may be replaced while the program runs, by a build; this name still leads to it.
    let itself = Path::new("/proc/self/exe");
    let program = if itself.exists() {
        itself.to_owned()
    } else {
        std::env::current_exe().map_err(|error| Failure::Option {
            option: "this program".to_owned(),
            reason: error.to_string(),
        })?
    };
    Ok(OwnProcess::new(CellProgram {
        program,
        arguments: vec!["cell".to_owned()],
    }))
}

/// The command line, as one would type it.
pub(crate) fn command_line() -> String {
    let arguments = std::env::args_os().skip(1);
    let quoted = arguments.map(|argument| {
        let argument = argument.to_string_lossy().into_owned();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:".contains(c);
        if argument.chars().all(plain) && !argument.is_empty() {
            argument
        } else {
            format!("'{}'", argument.replace('\'', r"'\''"))
        }
    });
    let arguments: Vec<String> = quoted.collect();
    format!("cargo run -p experiments -- {}", arguments.join(" "))
}

impl RecordsArgs {
    /// The directory of the reports on the data set.
    pub(crate) fn directory(&self) -> PathBuf {
        self.results.join(&self.dataset)
    }

    /// The file of a run, by name.
    pub(crate) fn file(&self, run: &str) -> PathBuf {
        let records = self.directory().join("records");
        records.join(format!("{run}.jsonl"))
    }
}

impl RecordArgs {
    /// The run that was named, or the newest, and its file.
    pub(crate) fn read(&self) -> Result<(Records, PathBuf), Failure> {
        let path = match &self.run {
            Some(run) => self.records.file(run),
            None => newest_run(&self.records.directory())?,
        };
        Ok((read_records(&path)?, path))
    }
}
