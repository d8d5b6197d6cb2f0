//! The page of fixed costs is the one that is committed. After a change that is meant, look at it and accept it:
//! `PLUMBLINE_ACCEPT=1 cargo test -p report scaling`.

use super::laws::{Law, Memory};
use super::*;
use records::Environment;
use records::Machine;
use std::fs;

const MB: f64 = 1e6;
const BASE: f64 = 30.0 * MB;

/// A model whose costs are these of `first`, 2 · `first`, 4 · `first` and so on.
fn model(
    id: &str,
    first: usize,
    doublings: u32,
    seconds: fn(f64) -> f64,
    bytes: fn(f64) -> f64,
) -> ModelCosts {
    let fit = |doubling: u32| {
        let size = first * 2_usize.pow(doubling);
        FitCost {
            size,
            seconds: seconds(size as f64),
            bytes: BASE + bytes(size as f64),
        }
    };
    ModelCosts {
        id: id.to_owned(),
        fits: (0..=doublings).map(fit).collect(),
        ended: "there are no more rows".to_owned(),
    }
}

fn linear() -> ModelCosts {
    model("linear", 100, 9, |rows| rows * 1e-4, |rows| rows * 1e4)
}

fn quadratic() -> ModelCosts {
    let ended = "it took 6.55 s".to_owned();
    let model = model(
        "quadratic",
        100,
        7,
        |rows| rows * rows * 4e-8,
        |rows| rows * rows * 8.0,
    );
    ModelCosts { ended, ..model }
}

fn quick() -> ModelCosts {
    model("quick", 100, 9, |_| 1e-5, |rows| rows)
}

fn failed() -> ModelCosts {
    ModelCosts {
        id: "for-pictures".to_owned(),
        fits: Vec::new(),
        ended: "it needs pictures | at least 16 × 16".to_owned(),
    }
}

/// What was measured nowhere.
pub(crate) fn measured() -> Scaling {
    Scaling {
        environment: Environment {
            command: "cargo bench --bench scaling".to_owned(),
            started: "2026-01-02T03:04:05Z".to_owned(),
            data_origin: String::new(),
            commit: "0123abcd".to_owned(),
            versions: Vec::new(),
            build: "dev profile".to_owned(),
            machine: Some(Machine {
                system: "linux x86_64".to_owned(),
                cpu: "A processor".to_owned(),
                cpus: 2,
                threads: 2,
            }),
        },
        said: "Each fit is a process of its own.".to_owned(),
        growing: vec![Growing {
            heading: "More rows".to_owned(),
            what: "rows".to_owned(),
            said: "Pictures of digits.".to_owned(),
            models: vec![linear(), quadratic(), quick(), failed()],
        }],
        threads: vec![
            ThreadCosts {
                id: "linear".to_owned(),
                rows: 51_200,
                seconds: [5.12, 3.072],
            },
            ThreadCosts {
                id: "quick".to_owned(),
                rows: 51_200,
                seconds: [1e-5, 2e-5],
            },
        ],
    }
}

#[test]
fn the_page_is_as_committed() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("scaling.md");
    write_scaling(&file, &measured()).unwrap();
    let written = fs::read_to_string(&file).unwrap();
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scaling/committed.md");
    if std::env::var_os("PLUMBLINE_ACCEPT").is_some() {
        fs::write(&committed, &written).unwrap();
    }
    assert_eq!(written, fs::read_to_string(&committed).unwrap());
    for name in ["scaling.svg", "scaling-narrow.svg", "scaling.csv"] {
        assert!(
            directory.path().join("figures").join(name).is_file(),
            "{name}"
        );
        assert!(name == "scaling.csv" || written.contains(&format!("figures/{name}")));
    }
}

#[test]
fn no_table_is_wider_than_eight_columns() {
    let page = page::page(&measured(), None);
    let rows = page.lines().filter(|line| line.starts_with('|'));
    for row in rows {
        assert!(row.replace("\\|", "").matches('|').count() <= 9, "{row}");
    }
}

#[test]
fn laws_are_those_that_the_costs_follow() {
    let exponent = |law: Law| law.power().unwrap().exponent;
    assert!((exponent(Law::of_time(&linear())) - 1.0).abs() < 1e-9);
    assert!((exponent(Law::of_time(&quadratic())) - 2.0).abs() < 1e-9);
    assert_eq!(Law::of_time(&quick()), Law::Little);
    assert_eq!(Law::of_time(&failed()), Law::Few);
    // One size alone is not too quick.
    let mut model = quick();
    model.fits[9].seconds = 2.0;
    assert_eq!(Law::of_time(&model), Law::Few);
}

/// The smallest process has data, too, which are none of the base.
#[test]
fn memory_is_that_of_the_process_and_of_the_data() {
    for (model, exponent, most) in [
        // 10 kB a row; 8 bytes for each pair of rows.
        (linear(), 1.0, (24e9 - BASE) / 1e4),
        (quadratic(), 2.0, ((24e9 - BASE) / 8.0).sqrt()),
    ] {
        let memory = Memory::of(&model);
        let found = memory.law.power().unwrap().exponent;
        assert!((found - exponent).abs() < 1e-4, "{memory:?}");
        assert!((memory.base / BASE - 1.0).abs() < 1e-3, "{memory:?}");
        assert!(
            (memory.most().unwrap() / most - 1.0).abs() < 1e-3,
            "{memory:?}"
        );
    }
    assert_eq!(Memory::of(&quick()).law, Law::Little);
    assert_eq!(Memory::of(&failed()).most(), None);
}

#[test]
fn the_lower_half_of_the_sizes_says_nothing() {
    let mut model = linear();
    for fit in &mut model.fits[..5] {
        fit.seconds = 60.0;
    }
    assert_eq!(Law::of_time(&model), Law::of_time(&linear()));
}
