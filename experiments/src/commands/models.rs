//! `models`: what can be trained, and with which parameters; `new-model`: one more.

use crate::failure::Failure;
use crate::output;
use crate::registry::REGISTRY;
use classifier::ModelEntry;
use report::{TextColumn, TextTable};
use runner::Place;

/// Runs the command.
pub(crate) fn run(ids: &[String]) -> Result<(), Failure> {
    if ids.is_empty() {
        for model in REGISTRY.models() {
            describe(model);
        }
        for (id, feature) in REGISTRY.left_out() {
            output::line(format_args!(
                "{id}: not in this build; build with `--features {feature}`\n"
            ));
        }
        output::line(format_args!(
            "Change a parameter with --set, as in `compare --set {}.epochs=5`.",
            REGISTRY.models()[0].id
        ));
        return Ok(());
    }
    for id in ids {
        describe(REGISTRY.get(id, &Place::Option("models".to_owned()))?);
    }
    Ok(())
}

/// Runs `new-model`.
pub(crate) fn new(name: &str) -> Result<(), Failure> {
    // The sources may be newer than this program, or older.
    if REGISTRY.find(name).is_some() || REGISTRY.left_out().iter().any(|(id, _)| *id == name) {
        let name = name.to_owned();
        return Err(scaffold::ScaffoldError::Taken { name }.into());
    }
    for file in scaffold::new_model(&std::env::current_dir().unwrap_or_default(), name)? {
        output::line(file.display());
    }
    output::line(format_args!(
        "cargo test -p experiments -p model-{name} --lib\ncargo run -p experiments -- compare --models softmax,{name} --quick"
    ));
    Ok(())
}

fn describe(model: &ModelEntry) {
    output::line(format_args!(
        "{} ({})\n  {}",
        model.id, model.backend, model.summary
    ));
    let parameters = (model.preset)().parameters();
    if !parameters.is_empty() {
        let mut table = TextTable::new(vec![
            TextColumn::name("parameter", 0),
            TextColumn::name("default", 0),
            TextColumn::text("meaning"),
        ]);
        for parameter in parameters {
            table.add_row([
                parameter.name,
                parameter.default.to_string(),
                parameter.help,
            ]);
        }
        output::table(&table);
    }
    output::line("");
}
