//! What a model says of each row when it was not fitted to it.

use super::judge::Judge;
use crate::conditions::{Unfitted, guarded};
use crate::prepared::Prepared;
use crate::rows::Rows;
use classifier::{FitContext, with_threads};
use data::{stratified_folds, stratified_subset};
use std::borrow::Cow;
use tables::Settings;

/// Folds: each row is judged by a model that learnt from four fifths of the others.
pub(super) const FOLDS: usize = 5;

/// Rows, by their indices, and what was said of them.
pub(super) struct OutOfFold {
    pub(super) rows: Vec<usize>,
    /// Shape (rows, classes).
    pub(super) probabilities: Vec<f64>,
}

/// Asks about the rows of classes that have enough of them, or as many as there is time for. Columns of a table are
/// prepared by the rows of each fit; rows of one group are in one fold.
///
/// # Errors
/// In a line, why there is nothing to say.
pub(super) fn out_of_fold(all: &Rows, judge: Judge) -> Result<OutOfFold, String> {
    let rows = chosen(all, judge)?;
    let data = all.select(&rows);
    let folds = stratified_folds(&data, FOLDS, judge.seed).map_err(|error| error.to_string())?;
    let classes = all.class_names().len();
    let mut probabilities = vec![0.0; rows.len() * classes];
    for fold in 0..FOLDS as u16 {
        let members = |is_judged: bool| -> Vec<usize> {
            (0..rows.len())
                .filter(|&row| (folds[row] == fold) == is_judged)
                .collect()
        };
        let judged = members(true);
        let said = said(data.select(&members(false)), &data.select(&judged), judge);
        let said = said.map_err(|unfitted| match unfitted {
            Unfitted::Failed(reason) => reason,
            Unfitted::Cancelled => "it was called off".to_owned(),
        })?;
        for (row, said) in judged.iter().zip(said.chunks_exact(classes)) {
            probabilities[row * classes..][..classes].copy_from_slice(said);
        }
    }
    Ok(OutOfFold {
        rows,
        probabilities,
    })
}

fn chosen(all: &Rows, judge: Judge) -> Result<Vec<usize>, String> {
    let counts = all.targets().class_counts();
    let labels = all.targets().labels();
    let enough = |&row: &usize| counts[labels[row]] >= FOLDS;
    let rows: Vec<usize> = (0..all.len()).filter(enough).collect();
    if counts.iter().filter(|&&count| count >= FOLDS).count() < 2 {
        return Err(format!("fewer than two classes have {FOLDS} rows"));
    }
    if rows.len() <= judge.most {
        return Ok(rows);
    }
    let few = stratified_subset(&all.targets().select(&rows), judge.most, judge.seed);
    let few = few.map_err(|error| error.to_string())?;
    Ok(few.into_iter().map(|place| rows[place]).collect())
}

/// The probabilities of `judged`, of a model of `train`.
fn said(train: Rows, judged: &Rows, judge: Judge) -> Result<Vec<f64>, Unfitted> {
    let prepared = Prepared::new(Cow::Owned(train), &Settings::default(), &mut |_| ())?;
    let judged = prepared.dataset(judged)?;
    let recipe = (judge.entry.preset)();
    let logs = guarded(|| {
        with_threads(judge.threads, || {
            let mut context = FitContext::quiet(judge.seed, judge.threads);
            let model = recipe.fit(prepared.train(), &mut context)?;
            Ok(model.log_probabilities(judged.samples()))
        })
    })?;
    let logs = logs.map_err(|error: classifier::FitError| Unfitted::from(error))?;
    let logs = logs.ok_or_else(|| Unfitted::Failed("the model has no probabilities".to_owned()))?;
    Ok(logs
        .values()
        .iter()
        .map(|&log| f64::from(log).exp())
        .collect())
}
