//! `serve` for people and programs of others: its page in headless Chromium (drawing with mouse, finger and keys,
//! forms, disagreements, both colour schemes, a phone's width), and its API against its own OpenAPI document.
//!
//! Needs a Chromium on the path, and Playwright and schemathesis from PyPI, so it runs only when asked for:
//! `cargo test -p experiments --test serve_outside -- --ignored`.

mod chromium;
mod python;
mod served;

use chromium::chromium;
use served::{Served, red_and_blue, trained};
use std::path::Path;

const ZOO: [&str; 2] = ["--dataset", "zoo"];

#[test]
#[ignore = "needs Chromium, and installs from PyPI"]
fn the_page_works_in_a_browser() {
    let directory = tempfile::tempdir().unwrap();
    let few = ["--train-limit", "5000"];
    let of_pictures = ["softmax", "discriminant", "naive-bayes", "nearest-centroid"];
    let of_pictures = of_pictures.map(|model| trained(directory.path(), model, &few));
    let rows = directory.path().join("zoo");
    std::fs::create_dir(&rows).unwrap();
    let of_rows = ["softmax", "random-forest"].map(|model| trained(&rows, model, &ZOO));
    let pictures = Served::start(&of_pictures.each_ref().map(AsRef::as_ref), &[]);
    let table = Served::start(&of_rows.each_ref().map(AsRef::as_ref), &[]);
    let colours = red_and_blue(directory.path());
    let colours = trained(&colours, "softmax", &["--data", colours.to_str().unwrap()]);
    let colours = Served::start(&[&colours], &[]);
    // To be looked at.
    let shown = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser/serve");
    python::script("draw.py")
        .arg(chromium())
        .args([&pictures, &table, &colours].map(|served| format!("http://{}/", served.address)))
        .arg(shown)
        .assert()
        .success();
}

/// Every answer is one that the document names, of the form that it gives; what the document allows is
/// answered, and what it forbids is refused.
#[test]
#[ignore = "installs from PyPI"]
fn the_api_is_what_its_document_says() {
    let directory = tempfile::tempdir().unwrap();
    let rows = directory.path().join("zoo");
    std::fs::create_dir(&rows).unwrap();
    let few = ["--train-limit", "2000"];
    let colours = red_and_blue(directory.path());
    let in_colour = ["--data", colours.to_str().unwrap()];
    for model in [
        trained(directory.path(), "softmax", &few),
        trained(&rows, "softmax", &ZOO),
        trained(&colours, "softmax", &in_colour),
    ] {
        let served = Served::start(&[&model], &[]);
        let mut command = assert_cmd::Command::new(python::interpreter());
        command.args(["-m", "schemathesis.cli", "run", "--max-examples", "50"]);
        command.args(["--seed", "1", "--no-color"]);
        command.arg(format!("http://{}/openapi.json", served.address));
        // Where the hooks are.
        let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/outside");
        command
            .env("PYTHONPATH", hooks)
            .env("SCHEMATHESIS_HOOKS", "pictures");
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command.current_dir(directory.path()).assert().success();
        assert_eq!(served.terminate().code(), Some(0));
    }
}
