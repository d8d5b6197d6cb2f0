//! `lab`: the exercise, step by step, and the comparison in which it ends.

use crate::cli::{Cli, Command, LabArgs, LabLanguage};
use crate::commands::compare;
use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::output;
use clap::Parser;
use console::style;
use lab::{Language, Step, by_hand};
use records::write_file;
use runner::processors;

/// The models of the comparison, and those of scikit-learn.
const OURS: &str = include_str!("../../plans/lab.toml");
const SCIKIT_LEARN: &str = include_str!("../../plans/lab-scikit-learn.toml");
/// The program that is any of them.
const ESTIMATOR: &str = include_str!("../../programs/estimator.py");

/// Runs the command.
pub(crate) fn run(arguments: &LabArgs) -> Result<(), Failure> {
    let language = match arguments.language {
        LabLanguage::En => Language::English,
        LabLanguage::Fr => Language::French,
    };
    let data = catalog::mnist()?;
    let cancellation = on_interrupt();
    let told = &mut |step| print(&step);
    by_hand(&data, language, processors(), &cancellation, told)
        .map_err(|_| Failure::Interrupted)?;
    let said = language.of(
        "The same network in a framework, a hidden layer, a support vector machine: compared",
        "Le même réseau avec un framework, une couche cachée, une machine à vecteurs de support : comparés",
    );
    print(&Step::Question(
        12,
        said,
        "MLPClassifier().fit(x, y); SVC().fit(x, y)",
    ));
    let has_python = !arguments.without_python && has_scikit_learn();
    output::line(if has_python {
        language.of(
            "   Python has scikit-learn: its MLPClassifier and SVC take part, which takes some minutes.",
            "   Python a scikit-learn : ses MLPClassifier et SVC participent, ce qui prend quelques minutes.",
        )
    } else {
        language.of(
            "   Without scikit-learn, which Python does not have or which was left out.",
            "   Sans scikit-learn, que Python n'a pas ou que l'on n'a pas voulu.",
        )
    });
    compare_all(arguments, has_python)
}

fn print(step: &Step) {
    match step {
        Step::Question(number, question, numpy) => {
            output::line(format_args!("\n{number}. {}", style(question).bold()));
            output::line(format_args!("   NumPy: {}", style(numpy).dim()));
        }
        Step::Answer(answer) => output::line(format_args!("   {answer}")),
    }
}

fn has_scikit_learn() -> bool {
    let asked = std::process::Command::new("python3")
        .args(["-c", "import numpy, sklearn"])
        .stderr(std::process::Stdio::null())
        .status();
    asked.is_ok_and(|status| status.success())
}

/// Writes plan and programs, where a student may change them, and compares.
fn compare_all(arguments: &LabArgs, with_scikit_learn: bool) -> Result<(), Failure> {
    let directory = &arguments.results;
    let mut plan = OURS.to_owned();
    if with_scikit_learn {
        plan += SCIKIT_LEARN;
        write_file(&directory.join("estimator.py"), ESTIMATOR.as_bytes())?;
    }
    let file = directory.join("plan.toml");
    write_file(&file, plan.as_bytes())?;
    let mut typed = vec![
        "experiments".into(),
        "compare".into(),
        "--config".into(),
        file.into_os_string(),
    ];
    typed.extend(["--results".into(), directory.clone().into_os_string()]);
    if arguments.quick {
        typed.push("--quick".into());
    }
    match Cli::parse_from(typed).command {
        Command::Compare(arguments) => compare::run(&arguments),
        _ => unreachable!("the words say compare"),
    }
}
