//! Runs a comparison: fits every cell that the store lacks, and records it.

use super::Comparison;
use super::keeping::is_kept;
use super::session::Session;
use crate::failure::Failure;
use crate::handover::Handover;
use crate::job::{Ended, Task};
use crate::learner::Learner;
use crate::setting::Setting;
use crate::store::Store;
use crate::watcher::Watcher;
use crate::words::of_fit;
use records::{
    Cell, Control, ControlRecord, FitRecord, Outcome, Record, RecordLog, Records,
    clear_for_own_file, read_records,
};
use std::path::Path;

impl Comparison {
    /// Runs every model, one after another, and gives what was recorded.
    ///
    /// # Errors
    /// If nothing can be recorded, or a job cannot be run whatever its model. What a model does wrong is
    /// recorded like any other result.
    pub fn run(
        &self,
        results: &Path,
        setting: &Setting<'_>,
        watcher: &mut dyn Watcher,
    ) -> Result<Records, Failure> {
        self.check_baseline()?;
        let mut run = self.record(setting.environment(&self.data_origin));
        // Before anything is trained: an unwritable directory must not cost an hour.
        let mut log = RecordLog::create(&self.directory(results), &mut run)?;
        watcher.note(&self.describe(&run));
        let session = Session {
            setting,
            store: setting.store(results),
            handover: Handover::new(&self.division)?,
            run,
        };
        session.tell_trouble(watcher);
        let cells: Vec<(&Learner, Cell)> = self.cells().collect();
        let names = cells.iter();
        let names = names.map(|(learner, cell)| of_fit(&session.run, &learner.id, *cell));
        let names: Vec<String> = names.collect();
        watcher.plan(&names);
        let mut checked = None;
        for (index, (learner, cell)) in cells.iter().enumerate() {
            if checked != Some(&learner.id) {
                checked = Some(&learner.id);
                if let Some(found) = self.controls(&session, learner)? {
                    log.append(&Record::Controls(found))?;
                }
            }
            watcher.begin(&names[index], index, cells.len());
            let file = setting.keep.then(|| self.file_of(results, learner, *cell));
            let file = file.flatten();
            let (record, reused) =
                self.find_or_fit(&session, learner, *cell, file.as_deref(), watcher)?;
            session.tell_result(&record, reused, watcher);
            log.append(&Record::Fit(Box::new(record)))?;
            session.tell_trouble(watcher);
            if setting.cancellation.check().is_err() {
                break;
            }
        }
        for fit in self.given.iter().flat_map(|(_, fits)| fits) {
            log.append(&Record::Fit(Box::new(fit.clone())))?;
        }
        self.conclude(log)
    }

    /// What was recorded, once the samples that some model got wrong are in it.
    fn conclude(&self, mut log: RecordLog) -> Result<Records, Failure> {
        log.restore()?;
        let mut records = read_records(log.path())?;
        if let Some(images) = self.images(records.wrong()) {
            log.append(&Record::Images(images.clone()))?;
            records.images = Some(images);
        }
        Ok(records)
    }

    /// The fit of a cell, and whether an earlier run had it: the store's where it has one, else a new one,
    /// which it then keeps.
    fn find_or_fit(
        &self,
        session: &Session<'_>,
        learner: &Learner,
        cell: Cell,
        file: Option<&Path>,
        watcher: &mut dyn Watcher,
    ) -> Result<(FitRecord, bool), Failure> {
        let build = session.build();
        let key = self.key(learner, cell, &build);
        let record = |outcome, looks, machine: Option<String>| FitRecord {
            id: learner.id.clone(),
            cell,
            key: key.hash().to_owned(),
            machine,
            looks,
            outcome,
        };
        if let Some(file) = file {
            // Into a pipe the child would wait for a reader.
            clear_for_own_file(file)?;
        }
        let is_kept = file.is_none_or(|file| is_kept(file, &key));
        if let (true, Some(found)) = (is_kept, session.known(&learner.id, cell, &key)) {
            return Ok((found, true));
        }
        let keep = file.and_then(|file| self.keep(learner, cell, key.hash(), file));
        let (outcome, looks, unkept) = session.fit(learner, cell, keep, watcher)?;
        if let Some(reason) = unkept {
            watcher.note(&format!("note: {} was not kept: {reason}", learner.id));
        }
        let machine = session.run.environment.machine();
        if let (Outcome::Finished(fitted), Some(machine)) = (&outcome, &machine) {
            session.store.keep(&key, machine, &session.run.run, fitted);
        }
        Ok((record(outcome, looks, machine), false))
    }

    /// Fits the cells of some records anew, and gives what came out of each to `on`.
    ///
    /// # Errors
    /// As [`run`](Self::run), and if the user calls it off.
    pub fn fit_again(
        &self,
        fits: &[&FitRecord],
        setting: &Setting<'_>,
        watcher: &mut dyn Watcher,
        on: &mut dyn FnMut(&FitRecord, Outcome, &mut dyn Watcher),
    ) -> Result<(), Failure> {
        let session = Session {
            setting,
            store: Store::none(),
            handover: Handover::new(&self.division)?,
            run: self.record(setting.environment(&self.data_origin)),
        };
        let name = |of: &&FitRecord| of_fit(&session.run, &of.id, of.cell);
        let names: Vec<String> = fits.iter().map(name).collect();
        watcher.plan(&names);
        for (index, record) in fits.iter().enumerate() {
            let learner = self.learners.iter().find(|learner| learner.id == record.id);
            let Some(learner) = learner else {
                return Err(Failure::job(
                    &record.id,
                    &"a fit of a model that was not planned",
                ));
            };
            watcher.begin(&names[index], index, fits.len());
            let (outcome, ..) = session.fit(learner, record.cell, None, watcher)?;
            if setting.cancellation.check().is_err() {
                return Err(Failure::Interrupted);
            }
            on(record, outcome, watcher);
        }
        Ok(())
    }

    /// What controls find of a model, now or in an earlier run; `None` if they cannot run.
    pub(super) fn controls(
        &self,
        session: &Session<'_>,
        learner: &Learner,
    ) -> Result<Option<ControlRecord>, Failure> {
        let key = self.control_key(learner, &session.build());
        let record = |controls: Vec<Control>| {
            (!controls.is_empty()).then(|| ControlRecord {
                id: learner.id.clone(),
                controls,
            })
        };
        if !session.setting.refit
            && let Some((controls, _)) = session.store.find::<Vec<Control>>(&key)
        {
            return Ok(record(controls));
        }
        let job = session.job(Task::Controls, learner);
        let Ended::Controls(controls) = session.run(&job, &mut |_| ())? else {
            return Ok(None);
        };
        // A failure may be of a limit, which is not in the key.
        if !controls.is_empty() && controls.iter().all(|control| control.passed) {
            let machine = session.run.environment.machine().unwrap_or_default();
            session
                .store
                .keep(&key, &machine, &session.run.run, &controls);
        }
        Ok(record(controls))
    }
}
