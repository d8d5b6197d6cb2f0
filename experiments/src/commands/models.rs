//! `models`: what can be trained, and with which parameters.

use crate::failure::{Failure, Place};
use crate::registry::{LEFT_OUT, MODELS, find, nearest};
use crate::table;
use classifier::ModelEntry;

/// Runs the command.
pub(crate) fn run(ids: &[String]) -> Result<(), Failure> {
    if ids.is_empty() {
        for model in MODELS {
            describe(model);
        }
        for (id, feature) in LEFT_OUT {
            println!("{id}: not in this build; build with `--features {feature}`\n");
        }
        println!(
            "Change a parameter with --set, as in `compare --set {}.epochs=5`.",
            MODELS[0].id
        );
        return Ok(());
    }
    for id in ids {
        let model = find(id).ok_or_else(|| Failure::UnknownModel {
            place: Place::Option("models".to_owned()),
            model: id.clone(),
            nearest: nearest(id),
        })?;
        describe(model);
    }
    Ok(())
}

fn describe(model: &ModelEntry) {
    println!("{} ({})\n  {}", model.id, model.backend, model.summary);
    let parameters = (model.preset)().parameters();
    if !parameters.is_empty() {
        let mut table = table::plain(&["parameter", "default", "meaning"]);
        for parameter in parameters {
            table.add_row([
                parameter.name,
                parameter.default.to_string(),
                parameter.help,
            ]);
        }
        println!("{table}");
    }
    println!();
}
