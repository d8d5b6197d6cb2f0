//! Which fold each sample is judged in.

use crate::error::PredictionError;
use crate::file::Names;
use crate::spelling::plain;
use catalog::{class_order, shown};
use std::path::{Path, PathBuf};

/// The fold of each sample, by name, and the file that says so.
#[derive(Debug, Clone)]
pub(crate) struct Folds {
    path: PathBuf,
    codes: Vec<u32>,
    names: Vec<String>,
}

impl Folds {
    /// Of rows that are the samples in their order.
    pub(crate) fn of_rows(path: &Path, fold: &Names) -> Result<Self, PredictionError> {
        let row_of: Vec<u32> = (0..fold.codes.len() as u32).collect();
        Self::placed(path, fold, &row_of, fold.codes.len())
    }

    /// Of rows that are these samples. All rows of a sample must agree.
    pub(crate) fn placed(
        path: &Path,
        fold: &Names,
        sample_of: &[u32],
        samples: usize,
    ) -> Result<Self, PredictionError> {
        let mut codes = vec![u32::MAX; samples];
        for (row, (code, &sample)) in fold.codes.iter().zip(sample_of).enumerate() {
            let wrong = |reason: String| PredictionError::row(path, row, reason);
            let code = code.ok_or_else(|| wrong("the fold is missing".to_owned()))?;
            let place = &mut codes[sample as usize];
            if *place != u32::MAX && *place != code {
                let [here, before] = [code, *place].map(|code| shown(&fold.names[code as usize]));
                return Err(wrong(format!(
                    "fold {here}, and {before} in another row of the same id; repeated cross-validation is not judged"
                )));
            }
            *place = code;
        }
        Ok(Self {
            path: path.to_owned(),
            codes,
            names: fold.names.clone(),
        })
    }

    /// Refuses folds that are not these.
    pub(crate) fn must_be(&self, others: &Self) -> Result<(), PredictionError> {
        let name = |of: &Self, sample: usize| shown(&of.names[of.codes[sample] as usize]);
        let differs = |&sample: &usize| {
            let [a, b] = [self, others].map(|of| plain(&of.names[of.codes[sample] as usize]));
            a != b
        };
        match (0..self.codes.len()).find(differs) {
            None => Ok(()),
            Some(sample) => Err(PredictionError::file(
                &self.path,
                format!(
                    "sample {sample} is in fold {}, and in fold {} of {}; all models must have the same folds",
                    name(self, sample),
                    name(others, sample),
                    others.path.display()
                ),
            )),
        }
    }

    /// The fold of each sample as a number from 0, in the order of the names, and how many there are.
    pub(crate) fn numbered(&self) -> Result<(Vec<u16>, u16), PredictionError> {
        let order = class_order(&self.names);
        let wrong = |reason: String| PredictionError::file(&self.path, reason);
        let count = u16::try_from(order.len())
            .map_err(|_| wrong(format!("{} folds; 65535 are the most", order.len())))?;
        if count < 2 {
            return Err(wrong(
                "all samples are in one fold; leave the column fold out".to_owned(),
            ));
        }
        let number: Vec<u16> = self
            .names
            .iter()
            .map(|name| order.iter().position(|one| one == name).unwrap_or(0) as u16)
            .collect();
        let of_samples = self.codes.iter().map(|&code| number[code as usize]);
        Ok((of_samples.collect(), count))
    }
}
