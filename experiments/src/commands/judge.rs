//! `judge`: put predictions that were made elsewhere under the verdict.

use crate::announce;
use crate::build::BUILD;
use crate::cli::JudgeArgs;
use crate::failure::Failure;
use crate::output;
use crate::registry::REGISTRY;
use crate::request::command_line;
use analysis::{Gate, Report};
use catalog::name_of;
use predictions::{Question, Truth, TruthColumns, judged, read_models};
use records::{Environment, FILE_NAME, is_file_name};
use report::gates_in_words;
use runner::Margin;

/// Runs the command.
pub(crate) fn run(arguments: &JudgeArgs) -> Result<(), Failure> {
    let name = arguments.name.clone();
    let name = name.unwrap_or_else(|| name_of(&arguments.truth));
    if !is_file_name(&name) {
        return Err(Failure::option("--name", format!("expected {FILE_NAME}")));
    }
    let called = TruthColumns {
        id: arguments.id.as_deref(),
        label: arguments.label.as_deref(),
        slice: arguments.slice.as_deref(),
    };
    let truth = Truth::read(&arguments.truth, called)?;
    let models = read_models(&truth, &arguments.files)?;
    let question = Question {
        name: &name,
        seed: arguments.seed,
        baseline: arguments.baseline.as_deref(),
        margin: arguments.margin.map(Margin::points),
    };
    let judged = judged(truth, models, question, environment(arguments))?;
    let known: Vec<&str> = judged.models().collect();
    let baseline = arguments.baseline.iter().map(|id| ("--baseline", id));
    let gates = arguments
        .fail_if
        .iter()
        .flat_map(|of| [&of.model, &of.than]);
    for (option, id) in baseline.chain(gates.map(|id| ("--fail-if", id))) {
        check(option, id, &known)?;
    }

    let directory = arguments.results.join(&name);
    let report = Report::new(judged.record(&directory)?);
    announce::write(&report, &directory, &arguments.results)?;
    if !arguments.quiet {
        output::report(&report, &directory);
    }
    pass(&arguments.fail_if, &report, arguments.quiet)
}

/// Of Plumbline: of where and how models were fitted nothing is known.
fn environment(arguments: &JudgeArgs) -> Environment {
    let origin = arguments.truth.display().to_string();
    let mut environment = runner::describe(command_line(), &origin, 0, &BUILD, REGISTRY);
    environment.machine = None;
    environment.versions.retain(|(name, _)| name == "plumbline");
    environment
}

/// Refuses the name of a model that there is not.
fn check(option_name: &str, id: &str, known: &[&str]) -> Result<(), Failure> {
    if known.contains(&id) {
        return Ok(());
    }
    let reason = format!("there is no model {id}; there are {}", known.join(", "));
    Err(Failure::option(option_name, reason))
}

/// Success only if no gate fails.
fn pass(gates: &[Gate], report: &Report, quiet: bool) -> Result<(), Failure> {
    let [passed, failed] = gates_in_words(gates, report);
    for said in passed.iter().filter(|_| !quiet) {
        output::line(format_args!("gate passed: {said}"));
    }
    let passed = failed.is_empty();
    passed.then_some(()).ok_or(Failure::Gate { failed })
}
