//! `calibrate`: probabilities of a kept model that mean what they say, and sets of classes.

use crate::cli::CalibrateArgs;
use crate::commands::evaluate::tell_sets;
use crate::failure::Failure;
use crate::{keeping, output};
use evaluation::{calibrated_rows, judge, learn_from, test_samples, write_card};
use report::{TextColumn, TextTable};

/// Runs the command.
pub(crate) fn run(arguments: &CalibrateArgs) -> Result<(), Failure> {
    let mut kept = keeping::load(&arguments.model)?;
    kept::check_place(&arguments.out)?;
    let data = keeping::data(&kept, &arguments.data, None)?;
    let test = test_samples(&kept, &data)?;
    let other = arguments.on.as_deref();
    let other = other.map(|file| {
        Ok::<_, Failure>((
            keeping::data(&kept, &arguments.data, Some(file))?,
            file.display().to_string(),
        ))
    });
    let other = other.transpose()?;
    let other = other.as_ref().map(|(rows, name)| (rows, name.as_str()));
    let (rows, on) = learn_from(&kept, &data, &test, other)?;
    let before = judge(&kept, &test, &data);
    let learnt = kept.calibrate(arguments.method, &rows, &on)?.in_words();
    let after = judge(&kept, &test, &data);
    kept.about.judged = Some(after.clone());
    // Before anything is said: who reads may have seen enough.
    let about = kept.about.clone();
    let about = kept::rewrite_as(&arguments.model, &arguments.out, |kept| *kept = about)?;
    write_card(&arguments.out, &about)?;
    output::line(format_args!("{}: {learnt}", kept.about.id));
    output::line(format_args!(
        "on {} test samples of {}, which it did not learn from:",
        after.samples, data.title
    ));
    let mut table = TextTable::new(vec![
        TextColumn::name("metric", 0),
        TextColumn::number("before", 0),
        TextColumn::text("95 % interval"),
        TextColumn::number("after", 0),
        TextColumn::text("95 % interval"),
    ]);
    for row in calibrated_rows(&before, &after) {
        table.add_row(row);
    }
    output::table(&table);
    tell_sets(&kept, &test)
}
