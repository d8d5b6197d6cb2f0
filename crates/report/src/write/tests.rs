//! Reports are repeatable, both pages say the same, and nothing that is written gets lost.

use super::*;
use analysis::examples as reports;
use records::examples::{self, CELL, bad, controls, fit, fitted, good, images, of_fold};
use records::{Fitted, Outcome, Records, RunRecord};

fn run() -> RunRecord {
    examples::run(&["good", "bad", "late"], &[0, 0, 1, 1])
}

fn records() -> Records {
    Records {
        run: run(),
        fits: vec![good(), bad()],
        controls: vec![controls()],
        images: Some(images()),
    }
}

#[test]
fn a_report_rendered_again_has_the_same_bytes_and_drops_stale_figures_only() {
    let directory = tempfile::tempdir().unwrap();
    let render = || {
        let report = Report::new(records());
        write_report(directory.path(), &report).unwrap();
        let read = |name: &str| fs::read(directory.path().join(name)).unwrap();
        [
            read("README.md"),
            read("index.html"),
            read("report.json"),
            read("figures/accuracy.svg"),
            read("figures/confusion-good.svg"),
            read("figures/weights-good.png"),
            read("figures/mistakes-good.png"),
        ]
    };
    let first = render();
    let figures = directory.path().join("figures");
    let gone = [
        "confusion-gone.svg",
        "confusion-gone-narrow.svg",
        "confusion-gone.csv",
    ];
    let own = ["my-photo.png", "notes.txt"];
    for name in gone.iter().chain(&own) {
        fs::write(figures.join(name), "old").unwrap();
    }
    let page = directory.path().join("README.md");
    fs::create_dir(figures.join("drafts.svg")).unwrap();
    let shown = "![gone](figures/confusion-gone.svg) ![a directory](figures/drafts.svg)";
    fs::write(&page, shown).unwrap();
    assert!(first == render());
    let is_left = |name: &&str| figures.join(name).exists();
    assert!(!gone.iter().any(is_left) && own.iter().all(is_left));
    assert!(is_left(&"drafts.svg"));
}

#[cfg(unix)]
#[test]
fn a_report_writes_nothing_behind_links() {
    use std::os::unix::fs::symlink;
    let [directory, elsewhere] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let precious = elsewhere.path().join("precious");
    fs::write(&precious, "mine").unwrap();
    symlink(&precious, directory.path().join("README.md")).unwrap();
    let report = Report::new(records());
    write_report(directory.path(), &report).unwrap();
    assert_eq!(fs::read_to_string(&precious).unwrap(), "mine");
    assert!(!directory.path().join("README.md").is_symlink());
    let figures = directory.path().join("figures");
    fs::remove_dir_all(&figures).unwrap();
    symlink(elsewhere.path(), &figures).unwrap();
    let refused = write_report(directory.path(), &report)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("figures: a symbolic link"), "{refused}");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
}

#[test]
fn an_incomplete_run_cannot_be_read_as_a_complete_one() {
    let directory = tempfile::tempdir().unwrap();
    let report = Report::new(records());
    assert!(!report.complete);
    write_report(directory.path(), &report).unwrap();
    let page = fs::read_to_string(directory.path().join("README.md")).unwrap();
    assert!(page.contains(
        "> **Incomplete**: without bad (failed: diverged in epoch 3), late (did not get its turn)."
    ));
    assert!(page.contains("> **Control failed**: good, shuffled labels: 4 of 4 right."));
    assert!(page.contains("| **good** ✗ control failed |"), "{page}");
    assert!(page.contains("| **bad** | **failed: diverged in epoch 3** |"));
}

#[test]
fn a_reason_of_several_lines_stays_in_its_cell() {
    let reason = "panicked:\n  left | right\r\n".to_owned();
    let failed = fit("bad", CELL, Outcome::Failed { reason });
    let run = examples::run(&["bad"], &[0, 1]);
    let [markdown, html] = pages(&reports::report(vec![failed], run));
    assert!(
        markdown.contains("| **failed: panicked: left \\| right** |"),
        "{markdown}"
    );
    assert!(
        markdown.contains("> **Incomplete**: without bad (failed: panicked: left \\| right).\n"),
        "{markdown}"
    );
    assert!(html.contains("left | right"), "{html}");
}

#[test]
fn both_pages_say_how_many_images_were_held_out_to_scale_probabilities_on() {
    for (calibration, is_said) in [(Some(55_000), true), (None, false)] {
        let mut run = run();
        run.protocol.calibration = calibration;
        for page in pages(&reports::report(vec![good()], run)) {
            let said = page.contains("held out to scale probabilities on");
            assert_eq!(said, is_said, "{page}");
            assert_eq!(page.contains("55\u{a0}000 training images"), is_said);
        }
    }
}

#[test]
fn every_picture_that_the_page_shows_exists() {
    let directory = tempfile::tempdir().unwrap();
    let report = Report::new(records());
    write_report(directory.path(), &report).unwrap();
    let page = fs::read_to_string(directory.path().join("README.md")).unwrap();
    let after = |begin: &'static str, end: char| {
        let parts = page.split(begin).skip(1);
        parts.filter_map(move |rest| rest.split(end).next())
    };
    let links = after("](", ')').filter(|link| !link.starts_with('#'));
    let sources = after("src=\"", '"').chain(after("srcset=\"", '"'));
    let shown: Vec<&str> = links.chain(sources).collect();
    assert_eq!(shown.len(), 14, "{shown:?}");
    for file in shown {
        assert!(directory.path().join(file).is_file(), "{file}");
    }
}

/// Two models that finished, of which one gets all images right, and one that failed.
fn good_and_better() -> Report {
    let Outcome::Finished(fitted) = good().outcome else {
        panic!("good finishes");
    };
    let fitted = Fitted {
        predictions: vec![0, 0, 1, 1],
        ..*fitted
    };
    let better = fit("better", CELL, Outcome::Finished(Box::new(fitted)));
    Report::new(Records {
        run: examples::run(&["good", "bad", "better"], &[0, 0, 1, 1]),
        fits: vec![good(), bad(), better],
        controls: vec![controls()],
        images: None,
    })
}

#[test]
fn models_are_compared_on_the_images_on_which_they_differ() {
    let report = good_and_better();
    let [pair] = &report.comparisons[..] else {
        panic!("one pair finished: {:?}", report.comparisons);
    };
    assert_eq!(
        (pair.first.as_str(), pair.second.as_str()),
        ("better", "good")
    );
    assert_eq!((pair.only_first_right, pair.only_second_right), (1, 0));
    assert_eq!((pair.difference, pair.different), (0.25, false));
    assert!(
        (pair.p - 1.0).abs() < 1e-12,
        "one image decides nothing: {}",
        pair.p
    );
    assert_eq!(pair.detectable_difference, None);
    let sentences = crate::verdict::verdict(&report);
    assert_eq!(
        sentences[0],
        "better gets 100.00 % of the 4 test images right, and cannot be told apart from good (no difference is detectable, however large)."
    );
}

#[test]
fn the_html_page_is_one_file_and_escapes_what_it_quotes() {
    let directory = tempfile::tempdir().unwrap();
    let mut records = records();
    records.run.question = Some("<script>alert(1)</script>".to_owned());
    records.run.dataset.class_names[0] = "</script><b>".to_owned();
    write_report(directory.path(), &Report::new(records)).unwrap();
    let page = fs::read_to_string(directory.path().join("index.html")).unwrap();
    for outside in [
        "src=\"http",
        "href=\"http",
        "url(",
        "@import",
        "<b>",
        "<script>alert",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert_eq!(
        page.matches("</script>").count(),
        2,
        "the data and the code"
    );
    for part in [
        "data:image/png;base64,",
        "class=\"sortable\"",
        "data-truth=\"0\"",
        "<svg",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let json = page.split("id=\"data\">").nth(1).unwrap();
    let json = json.split("</script>").next().unwrap();
    let data: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(data["images"], serde_json::json!([1]));
    assert_eq!(data["models"][0]["predictions"], serde_json::json!([1]));
}

/// The pages of a report.
fn pages(report: &Report) -> [String; 2] {
    let directory = tempfile::tempdir().unwrap();
    write_report(directory.path(), report).unwrap();
    ["README.md", "index.html"].map(|page| fs::read_to_string(directory.path().join(page)).unwrap())
}

#[test]
fn both_pages_print_what_is_computed_of_pairs() {
    let [markdown, html] = pages(&good_and_better());
    // One image of four: nothing could be shown.
    let (row, cells) = (
        "| better | good | 25.00 | −36.24 – 69.94 | 1 / 0 | p = 1.000 | cannot be told apart | – |",
        "<td>p = 1.000</td><td class=\"text\">cannot be told apart</td><td>–</td>",
    );
    assert!(markdown.contains(row), "{markdown}");
    assert!(html.contains(cells));
    // What the template sets in italics is not escaped on its way.
    assert!(!markdown.contains("\\*"), "{markdown}");
    // Balanced accuracy 1 against 3/4: that is accuracy, for the classes are even. And the same probabilities.
    assert!(
        markdown.contains("| better | good | 0.2500 (−0.3624 – 0.6994) |"),
        "{markdown}"
    );
    assert!(markdown.contains(" † | "), "{markdown}");
    assert!(markdown.contains(" | 0.0000 § | "), "{markdown}");
    assert!(html.contains("<td>0.2500 (−0.3624 – 0.6994)"));
    for page in [markdown, html] {
        let why = "† no interval: too few images tell the two apart, fewer than 10.";
        assert!(page.contains(why), "{page}");
        let page = page.replace('\u{a0}', " ");
        assert!(page.contains("Cochran's test of equal accuracy: Q = 1.0, p = 0.317"));
        assert!(!page.contains("5×2cv"));
    }
}

/// Folds of 2, 8 and 40: a is wrong in all of the first, b in ten of the last.
#[test]
fn folds_of_unequal_size_count_alike_and_the_page_says_so() {
    let mut run = examples::run_over_folds(&["a", "b"], &[0, 1].repeat(25), 1, 3);
    let fold = |image| match image {
        0..2 => 0,
        2..10 => 1,
        _ => 2,
    };
    run.folds = vec![records::FoldOf((0..50).map(fold).collect())];
    let errors = [("a", [2, 0, 0]), ("b", [0, 0, 10])];
    let of = |&(id, errors): &(&'static str, [usize; 3])| {
        let fits = (0..3).zip(errors);
        let fit = |(fold, wrong)| examples::with_errors(&run, id, of_fold(0, fold), wrong);
        fits.map(fit).collect::<Vec<_>>()
    };
    let [markdown, html] = pages(&reports::report(
        errors.iter().flat_map(of).collect(),
        run.clone(),
    ));
    for page in [&markdown, &html] {
        assert!(
            page.contains(
                "b gets 91.67 % of the 50 held-out images right, on average over 3 folds"
            )
        );
        // The matrix holds all rows.
        assert!(
            page.contains("b: 20.00 % wrong") && page.contains("a: 4.00 % wrong"),
            "{page}"
        );
        assert!(page.contains("Folds count alike"));
    }
    assert!(
        markdown.contains("models\nare ranked by it everywhere"),
        "{markdown}"
    );
}

#[test]
fn both_pages_print_the_tests_over_folds_and_over_seeds() {
    let run = examples::run_over_folds(&["a", "b"], &[0, 1].repeat(50), 5, 2);
    let both = |i: u8| {
        let (repeat, fold) = (i / 2, u16::from(i % 2));
        let wrong = 2 + usize::from(repeat) * usize::from(fold);
        let cell = of_fold(repeat, fold);
        [("a", 1), ("b", wrong)].map(|(id, wrong)| examples::with_errors(&run, id, cell, wrong))
    };
    let folds = reports::report((0..10).flat_map(both).collect(), run.clone());
    let test = folds.comparisons[0].five_by_two.unwrap();
    let seeds = reports::with_seeds(&[("a", &[10, 12, 14]), ("b", &[11, 15, 16])]);
    for (report, parts) in [
        (
            folds,
            [
                "5×2cv F".to_owned(),
                format!("F = {:.2}, p = ", test.statistic),
            ],
        ),
        (
            seeds,
            [
                "on average over seeds".to_owned(),
                "seeds to settle".to_owned(),
            ],
        ),
    ] {
        for page in pages(&report) {
            for part in &parts {
                assert!(page.contains(part), "{part}");
            }
        }
    }
}

#[test]
fn what_comes_from_files_stays_in_its_place() {
    let mut records = records();
    let run = &mut records.run;
    run.environment.data_origin = "/tmp/a|b <b>c</b>".to_owned();
    run.environment.command = "compare\n```\n# x".to_owned();
    run.question = Some("<img src=x> | [y](javascript:z)".to_owned());
    run.analysis = Some("Good <b>x</b> [y](javascript:z)".to_owned());
    run.models[0]
        .hyperparameters
        .insert("a|b".to_owned(), "`".into());
    let [markdown, html] = pages(&Report::new(records));
    for part in [
        "| data | Tiny (`tiny`), /tmp/a\\|b &lt;b>c&lt;/b> |",
        "```sh\ncompare ''' # x\n```",
        "*&lt;img src=x> \\| \\[y](javascript:z)*",
        "Good &lt;b>x&lt;/b> \\[y](javascript:z)",
        "a\\|b = \"\\`\"",
    ] {
        assert!(markdown.contains(part), "{part}: {markdown}");
    }
    assert!(!html.contains("<img src=x") && !html.contains("href=\"javascript"));
}

#[test]
fn the_html_page_may_run_its_own_script_only() {
    use base64::Engine;
    use sha2::{Digest, Sha256};
    let [_, html] = pages(&Report::new(records()));
    let script = html.split("<script>").nth(1).unwrap();
    let script = script.split("</script>").next().unwrap();
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(script));
    let policy = html.split("Content-Security-Policy\" content=\"").nth(1);
    let policy = policy.unwrap().split('"').next().unwrap();
    let policy = policy.replace("&#x27;", "'").replace("&#x2f;", "/");
    let allowed = format!(
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; base-uri 'none'"
    );
    assert_eq!(policy, allowed);
}

/// Whoever comes last, all files are of one run.
#[test]
fn two_writers_do_not_mix_their_reports() {
    let directory = tempfile::tempdir().unwrap();
    let of = |run: &str, id: &str| {
        let mut record = examples::run(&[id], &[0, 0, 1, 1]);
        record.run = run.to_owned();
        let fit = examples::with_errors(&record, id, CELL, 1);
        reports::report(vec![fit], record)
    };
    let both = [of("first", "a"), of("second", "b")];
    for _ in 0..5 {
        std::thread::scope(|scope| {
            for report in &both {
                scope.spawn(|| write_report(directory.path(), report).unwrap());
            }
        });
        let read = |name: &str| fs::read_to_string(directory.path().join(name)).unwrap();
        let is_first = read("report.json").contains("\"run\": \"first\"");
        let (run, id) = if is_first {
            ("first", "a")
        } else {
            ("second", "b")
        };
        assert!(read("README.md").contains(&format!("| run | {run} |")));
        assert!(read("index.html").contains(&format!(">{run}</td>")));
        let figures = fs::read_dir(directory.path().join("figures")).unwrap();
        for figure in figures {
            let name = figure.unwrap().file_name().into_string().unwrap();
            assert!(!name.starts_with("confusion") || name.contains(&format!("-{id}")));
        }
    }
    let left = fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 5, "three pages, the figures and the lock");
}

/// Matrices have the square of the classes, and pages must not.
#[test]
fn many_classes_make_no_large_page() {
    let classes = 300;
    let labels: Vec<u16> = (0..2 * classes).map(|image| image % classes).collect();
    let mut run = examples::run(&["a", "b"], &labels);
    run.dataset.classes = usize::from(classes);
    run.dataset.class_names = (0..classes).map(|class| format!("class {class}")).collect();
    let taken_for = |shift: u16| -> Vec<u16> {
        let shifted = |label: &u16| (label + shift * u16::from(label.is_multiple_of(5))) % classes;
        labels.iter().map(shifted).collect()
    };
    let fits = [("a", 1), ("b", 7)].map(|(id, shift)| {
        fit(
            id,
            CELL,
            Outcome::Finished(Box::new(fitted(&taken_for(shift)))),
        )
    });
    let [markdown, html] = pages(&reports::report(fits.to_vec(), run));
    assert!(markdown.len() < 100_000 && html.len() < 500_000);
    for page in [markdown, html] {
        assert!(
            page.contains("Of 300 classes, those that are mistaken most"),
            "{page}"
        );
    }
}
