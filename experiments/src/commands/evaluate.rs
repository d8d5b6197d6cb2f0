//! `evaluate`: how good a kept model is on the test samples of a data set, and whether it was as good before.

use crate::cli::EvaluateArgs;
use crate::failure::Failure;
use crate::table::{Column, Table};
use crate::{keeping, output};
use catalog::Sealed;
use evaluation::{compared_rows, in_words, judge, sets, sets_rows, test_samples};
use kept::Kept;

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
    let mut table = Table::new(vec![
        Column::name("metric", 0),
        Column::number("now", 0),
        Column::text("95 % interval"),
        Column::number("at training", 1),
        Column::text("now − then"),
    ]);
    for row in compared_rows(&rows) {
        table.add_row(row);
    }
    output::line(table);
    output::line(in_words(&now, then, &rows));
    tell_sets(&kept, &test)
}

/// Prints how often sets hold the true class, and how large they are, if the model has learnt some.
pub(crate) fn tell_sets(kept: &Kept, test: &Sealed) -> Result<(), Failure> {
    let judged = sets(kept, test)?;
    if !judged.is_empty() {
        let mut table = Table::new(vec![
            Column::number("sets", 0),
            Column::number("hold the true class", 0),
            Column::text("95 % interval"),
            Column::number("classes in a set", 0),
        ]);
        for row in sets_rows(&judged) {
            table.add_row(row);
        }
        output::line(table);
    }
    Ok(())
}
