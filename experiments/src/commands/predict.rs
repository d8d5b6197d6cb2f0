//! `predict`: ask a kept model about pictures and samples.

use crate::cli::{AnswerFormat, PredictArgs};
use crate::failure::Failure;
use crate::{keeping, output};
use catalog::{loose_pictures, stored};
use data::Samples;
use evaluation::asked;
use kept::{Answers, Format, Kept};
use records::check_writable;
use report::{explained_picture, explained_row};
use std::io::Write;
use std::path::Path;

/// Runs the command.
pub(crate) fn run(arguments: &PredictArgs) -> Result<(), Failure> {
    let kept = keeping::load(&arguments.model)?;
    let format = match arguments.format {
        AnswerFormat::Table => Format::Table,
        AnswerFormat::Csv => Format::Csv,
        AnswerFormat::Jsonl => Format::JsonLines,
    };
    let least = arguments.sets.map(|level| kept.least(level.get()));
    let least = least.transpose()?;
    arguments.output.as_deref().map_or(Ok(()), check_writable)?;
    let mut all = Vec::with_capacity(arguments.inputs.len());
    let mut explained = 0;
    let inputs = arguments.inputs.iter();
    let inputs = inputs.flat_map(|path| loose_pictures(path).unwrap_or_else(|| vec![path.clone()]));
    for input in inputs {
        let (samples, is_one) = read(&kept, &input, arguments.counted_from)?;
        let name = input.display().to_string();
        kept.check(&samples, &name)?;
        let answers = Answers::new(&kept, &samples).with_sets(least);
        if let Some(directory) = &arguments.explain {
            for sample in 0..samples.len() {
                let file = directory.join(format!("{explained}"));
                explain(&kept, &samples, sample, answers.class(sample), &file)?;
                explained += 1;
            }
        }
        all.push((answers, name, is_one));
    }
    let several = all.len() > 1;
    let write = |to: &mut dyn Write| {
        for (place, (answers, name, is_one)) in all.iter().enumerate() {
            if place == 0 {
                to.write_all(&answers.heading(format))?;
            }
            answers.write(format, to, |sample| match (is_one, several) {
                (true, _) => name.clone(),
                (false, true) => format!("{name}:{sample}"),
                (false, false) => sample.to_string(),
            })?;
        }
        Ok(())
    };
    match &arguments.output {
        Some(file) => records::write_file_by(file, write)?,
        None => {
            let names = all.iter().map(|(_, name, _)| name);
            output::pieces(write, names.chain(&kept.about.classes));
        }
    }
    Ok(())
}

/// Draws what spoke for a class, into a file of this name and the ending that fits.
fn explain(
    kept: &Kept,
    samples: &Samples,
    sample: usize,
    class: usize,
    file: &Path,
) -> Result<(), Failure> {
    let explanation = kept.explain(samples, sample, class);
    let (answer, why) = (&kept.about.classes[class], explanation.method.in_words());
    let (bytes, ending) = match kept.parts() {
        None => {
            let shape = samples.shown_shape();
            let (levels, size) = (samples.grey_levels(sample), [shape.columns, shape.rows]);
            let png = explained_picture(&levels, size, &explanation.values, answer)?;
            (png, "png")
        }
        Some(parts) => {
            let parts: Vec<_> = parts.into_iter().zip(explanation.values).collect();
            (explained_row(answer, why, &parts).into_bytes(), "svg")
        }
    };
    Ok(records::write_file(&file.with_extension(ending), &bytes)?)
}

/// The samples of an input, and whether they are a single picture.
fn read(kept: &Kept, input: &Path, first: Option<u32>) -> Result<(Samples, bool), Failure> {
    if input != Path::new("-") {
        return Ok(asked(kept, input, first)?);
    }
    let failed = |error: std::io::Error| Failure::option("-", error.to_string());
    let stored = stored(&mut std::io::stdin().lock(), "standard-input");
    let (_directory, file) = stored.map_err(failed)?;
    // Not the name of a file that is gone.
    let place = format!("{}: ", file.display());
    let named = |error: evaluation::EvaluationError| {
        Failure::option("-", error.to_string().replace(&place, ""))
    };
    asked(kept, &file, first).map_err(named)
}
