//! Kept models: their files, and the data that they are judged on.

use crate::cli::AnyDataArgs;
use crate::failure::Failure;
use crate::registry::REGISTRY;
use crate::source;
use catalog::Loaded;
use kept::Kept;
use runner::Options;
use serde_json::json;
use std::path::Path;

/// The model of a file.
pub(crate) fn load(path: &Path) -> Result<Kept, Failure> {
    let find = |id: &str| REGISTRY.find(id);
    Ok(kept::load(path, find, |id| REGISTRY.nearest(id))?)
}

/// The data that are named, divided as those were that the model was trained on; to be tested on another file, if
/// there is one.
pub(crate) fn data(
    kept: &Kept,
    named: &AnyDataArgs,
    test: Option<&Path>,
) -> Result<Loaded, Failure> {
    let seed = json!({"seed": kept.about.seed});
    let mut options = named.change(Options::default()).changed_by(&seed);
    if test.is_some() {
        options.test_share = None;
        options.test = test.map(Path::to_owned);
    }
    source::load(&options, named.known.mirror.as_deref(), true)
}
