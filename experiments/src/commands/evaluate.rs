//! `evaluate`: how good a kept model is on the test samples of a data set, and whether it was as good before.

use crate::cli::EvaluateArgs;
use crate::failure::Failure;
use crate::{keeping, output};
use catalog::Sealed;
use evaluation::{compared_rows, in_words, judge, sets, sets_rows, test_samples};
use kept::Kept;
use report::{TextColumn, TextTable};

/// Runs the command.
pub(crate) fn run(arguments: &EvaluateArgs) -> Result<(), Failure> {
    let kept = keeping::load(&arguments.model)?;
    let data = keeping::data(&kept, &arguments.data, None)?;
    let test = test_samples(&kept, &data)?;
    let now = judge(&kept, &test, &data);
    let then = kept.about.judged.as_ref();
    output::line(format_args!(
        "{} on {} test samples of {}",
        kept.about.id, now.samples, data.title
    ));
    let rows = now.beside(then);
    let mut table = TextTable::new(vec![
        TextColumn::name("metric", 0),
        TextColumn::number("now", 0),
        TextColumn::text("95 % interval"),
        TextColumn::number("at training", 1),
        TextColumn::text("now − then"),
    ]);
    for row in compared_rows(&rows) {
        table.add_row(row);
    }
    output::table(&table);
    output::line(in_words(&now, then, &rows));
    tell_sets(&kept, &test)
}

/// Prints how often sets hold the true class, and how large they are, if the model has learnt some.
pub(crate) fn tell_sets(kept: &Kept, test: &Sealed) -> Result<(), Failure> {
    let judged = sets(kept, test)?;
    if !judged.is_empty() {
        let mut table = TextTable::new(vec![
            TextColumn::number("sets", 0),
            TextColumn::number("hold the true class", 0),
            TextColumn::text("95 % interval"),
            TextColumn::number("classes in a set", 0),
        ]);
        for row in sets_rows(&judged) {
            table.add_row(row);
        }
        output::table(&table);
    }
    Ok(())
}
