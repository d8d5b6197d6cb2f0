//! How long a kept kernel SVM takes to load: `cargo run -p model-kernel-svm --example load_kept -- FILE`.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "an example prints, and measures"
)]

use model_kernel_svm::{KERNEL_SVM, VIRTUAL_SVM};
use std::path::Path;
use std::time::Instant;

const MODELS: &[classifier::ModelEntry] = &[KERNEL_SVM, VIRTUAL_SVM];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("a file is needed")?;
    let find = |id: &str| MODELS.iter().find(|model| model.id == id);
    let mut times = Vec::new();
    for _ in 0..21 {
        let start = Instant::now();
        let kept = kept::load(Path::new(&file), find, |_| None)?;
        times.push(start.elapsed());
        std::hint::black_box(&kept.about.id);
    }
    times.sort();
    let bytes = std::fs::metadata(&file)?.len();
    println!(
        "{bytes} bytes: median {:?}, fastest {:?}",
        times[10], times[0]
    );
    Ok(())
}
