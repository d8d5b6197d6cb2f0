//! What LAB.md and LAB.fr.md say is what the lab answers. `PLUMBLINE_ACCEPT=1` writes the answers into them.

use classifier::Cancellation;
use lab::{Language, Step, by_hand};
use std::fmt::Write;

/// Each step as the page must show it: its heading, its line of NumPy, its answers.
fn steps(language: Language) -> Vec<[String; 3]> {
    let mut steps: Vec<[String; 3]> = Vec::new();
    let data = catalog::mnist().expect("MNIST is in the program");
    let cancellation = Cancellation::default();
    by_hand(&data, language, 2, &cancellation, &mut |step| match step {
        Step::Question(number, question, numpy) => steps.push([
            format!("\n## {number}. {question}\n"),
            format!("\n```python\n{numpy}\n```\n"),
            String::new(),
        ]),
        Step::Answer(answer) => {
            let [.., answers] = steps.last_mut().expect("a question came first");
            let _ = writeln!(answers, "{answer}");
        }
    })
    .expect("it was not called off");
    steps
}

fn check(file: &str, language: Language) {
    let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
    let mut page = std::fs::read_to_string(&path).expect("the page is there");
    let accept = std::env::var_os("PLUMBLINE_ACCEPT").is_some();
    let mut at = 0;
    let steps = steps(language);
    assert_eq!(steps.len(), 11);
    for [heading, numpy, answers] in steps {
        for part in [heading, numpy] {
            let found = page[at..].find(&part);
            at += found.unwrap_or_else(|| panic!("{file} lacks {part}")) + part.len() - 1;
        }
        let opened = "\n```text\n";
        let start = at + page[at..].find(opened).expect("a block for the answer") + opened.len();
        let end = start + page[start..].find("```").expect("the block ends");
        if accept {
            page.replace_range(start..end, &answers);
        } else {
            assert_eq!(page[start..end], answers, "{file}");
        }
        at = start;
    }
    if accept {
        std::fs::write(&path, page).expect("the page can be written");
    }
}

/// The comparison at the end is the committed one.
#[test]
fn the_last_table_is_that_of_the_report() {
    let directory = env!("CARGO_MANIFEST_DIR");
    let read = |file: &str| {
        std::fs::read_to_string(format!("{directory}/{file}")).expect("the file is there")
    };
    let report: serde_json::Value =
        serde_json::from_str(&read("../../results/mnist/report.json")).expect("a report");
    let models = report["models"].as_array().expect("models");
    let (english, french) = (read("LAB.md"), read("LAB.fr.md"));
    for id in [
        "softmax",
        "burn-flex",
        "burn-mlp",
        "kernel-svm",
        "linfa-svm-rbf",
    ] {
        let model = models.iter().find(|model| model["id"] == id).expect(id);
        let number = |key: &str| model[key].as_f64().expect("a number");
        let (right, seconds) = (100.0 * number("accuracy"), number("fit_seconds"));
        let row = format!("\n| {id} | {right:.2} | {seconds:.2} |\n");
        assert!(english.contains(&row), "{row}");
        let row = row.replace('.', ",");
        assert!(french.contains(&row), "{row}");
    }
}

#[test]
fn the_page_has_the_answers() {
    check("LAB.md", Language::English);
}

#[test]
fn the_french_page_has_them_too() {
    check("LAB.fr.md", Language::French);
}
