//! The HTML report in headless Chromium: what is there, sorting, the images behind a number, the
//! atlas, models that are hidden, both colour schemes, a phone's width, print; no message on the console,
//! no request. And the text of figures, and how they look.
//!
//! Needs a Chromium on the path, and Playwright from PyPI, so it runs only when asked for:
//! `cargo test -p experiments --test browser -- --ignored`.

mod chromium;
mod python;
mod run;

use chromium::chromium;
use run::compare;
use std::path::Path;

#[test]
#[ignore = "needs Chromium, and installs from PyPI"]
fn the_html_report_works_in_a_browser() {
    let results = tempfile::tempdir().unwrap();
    let arguments = [
        "--models",
        "softmax,nearest-centroid,burn-mlp",
        "--train-limit",
        "1000",
        "--set",
        "softmax.epochs=3",
        "--set",
        "burn-mlp.epochs=2",
    ];
    compare(results.path(), &arguments).success();
    python::script("browse.py")
        .arg(chromium())
        .arg(results.path())
        .assert()
        .success();
    // To be looked at.
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    std::fs::create_dir_all(&pictures).unwrap();
    for name in ["desk-light", "desk-dark", "phone-light", "phone-dark"] {
        let file = format!("{name}.png");
        std::fs::copy(results.path().join(&file), pictures.join(&file)).unwrap();
    }
}

/// Those that tests compare with: long names, twenty models, equal models.
#[test]
#[ignore = "needs Chromium, and installs from PyPI"]
fn no_text_of_a_figure_is_cut_off_or_overlaps_another() {
    let drawn = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/report/src/figures/drawn");
    python::script("figures.py")
        .arg(chromium())
        .arg(drawn)
        .assert()
        .success();
}

/// What was looked at: `PLUMBLINE_ACCEPT=1` before the command of the first lines accepts what is there now.
#[test]
#[ignore = "needs Chromium, and installs from PyPI"]
fn every_figure_looks_as_it_did_on_light_and_dark_ground_and_on_a_phone() {
    let figures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/report/src/figures");
    python::script("pixels.py")
        .arg(chromium())
        .arg(figures.join("drawn"))
        .arg(figures.join("seen"))
        .assert()
        .success();
}
