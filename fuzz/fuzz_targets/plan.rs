//! Plans, up to the recipes of their models.
#![no_main]

use runner::{Plan, Registry};

const REGISTRY: Registry = Registry::new(&[model_softmax::SOFTMAX, model_softmax::SOFTMAX_LBFGS]);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let directory = fuzz::directory();
    let path = fuzz::write(&directory, "plan.toml", bytes);
    if let Some(plan) = fuzz::check(Plan::read(REGISTRY, &path)) {
        fuzz::check(plan.ready());
    }
});
