//! A recorded comparison once more, to be fitted again.

use super::Comparison;
use crate::Registry;
use crate::failure::{Failure, Place};
use crate::learner::Learner;
use crate::options::Options;
use catalog::Loaded;
use records::RunRecord;

impl Comparison {
    /// The comparison of a run, on its data. Models that were fitted elsewhere, and programs, are left out. `options`
    /// are those of the run ([`Options::of_run`]), wherever the data are now.
    ///
    /// # Errors
    /// If these are other data, or a model of the run is not known any more.
    pub fn again(
        run: &RunRecord,
        options: Options,
        data: Loaded,
        registry: Registry,
    ) -> Result<Self, Failure> {
        if data.sha256 != run.dataset.sha256 {
            let name = run.dataset.name.clone();
            return Err(Failure::OtherData { name });
        }
        let models = run.models.iter();
        let ours = models.filter(|model| model.is_registered());
        let place = Place::Option(format!("run {}", run.run));
        let learners = ours.map(|planned| Learner::planned(planned, registry, &place));
        Self::new(data, learners.collect::<Result<_, _>>()?, options)
    }
}
