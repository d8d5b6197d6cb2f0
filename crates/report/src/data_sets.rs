//! Models over several data sets: Friedman's test and Nemenyi's, as Demšar 2006 compares them.

use crate::ReportError;
use crate::comparison::SIGNIFICANCE;
use crate::figures::{Figure, Ranked, critical_difference_diagram};
use crate::numbers::probability;
use serde_json::Value;
use statistics::{Friedman, critical_difference, friedman, groups, nemenyi};
use std::collections::BTreeSet;
use std::fmt::Write;

/// With fewer data sets ranks show nothing.
const FEWEST: usize = 5;

/// What the index says of models over data sets.
#[derive(Default)]
pub(crate) struct OverDataSets {
    /// A section in Markdown, a line that says why there is none, or nothing.
    pub(crate) text: String,
    pub(crate) diagram: Option<Figure>,
}

/// Models by average rank, the best first.
struct Ranking<'a> {
    models: Vec<Ranked<'a>>,
    data_sets: usize,
    test: Friedman,
    critical: f64,
}

impl OverDataSets {
    /// From reports with their directories. Nothing for fewer than two data sets that can be compared,
    /// or two models that all of these share.
    pub(crate) fn new(reports: &[(String, Value)]) -> Result<Self, ReportError> {
        let reports = comparable(reports);
        let models = shared(&reports);
        if reports.len() < 2 || models.len() < 2 {
            return Ok(Self::default());
        }
        if reports.len() < FEWEST {
            let text = format!(
                "\nModels are compared over data sets from {FEWEST} data sets on; here are {}.\n",
                reports.len()
            );
            return Ok(Self {
                text,
                diagram: None,
            });
        }
        let scores: Vec<Vec<f64>> = reports
            .iter()
            .map(|report| {
                let accuracy = |model: &Model| accuracy(report, *model);
                models.iter().filter_map(accuracy).collect()
            })
            .collect();
        // They may be equally good on every one.
        let Some(test) = friedman(&scores) else {
            return Ok(Self::default());
        };
        let ranking = Ranking::new(&models, reports.len(), test);
        Ok(Self {
            text: ranking.section(&reports),
            diagram: Some(ranking.diagram()?),
        })
    }
}

/// A name and the registered model behind it.
type Model<'a> = (&'a str, &'a str);

/// The reports that are of all images of a data set, none held out, judged on its test images: one of
/// each data set.
fn comparable(reports: &[(String, Value)]) -> Vec<&Value> {
    let mut seen = BTreeSet::new();
    let reports = reports.iter().map(|(_, report)| report);
    reports
        .filter(|report| is_of_all_images(report))
        .filter(|report| seen.insert(report["dataset"]["sha256"].to_string()))
        .collect()
}

fn is_of_all_images(report: &Value) -> bool {
    let data = &report["dataset"];
    let all = |models: &Vec<Value>| {
        let trained = models.iter().map(|model| model["train_images"].as_u64());
        trained.min().flatten() == data["train_available"].as_u64()
    };
    report["complete"] == true
        && report["quick"] == false
        && report["protocol"]["judged_on"] == "test"
        && report["protocol"]["calibration"].is_null()
        && data["test"].is_u64()
        && data["test"] == data["test_available"]
        && report["models"].as_array().is_some_and(all)
}

/// The models that all reports have, in the order of the first.
fn shared<'a>(reports: &[&'a Value]) -> Vec<Model<'a>> {
    let Some((first, others)) = reports.split_first() else {
        return Vec::new();
    };
    let models = first["models"].as_array().into_iter().flatten();
    let models = models.filter_map(|model| Some((model["id"].as_str()?, model["model"].as_str()?)));
    let in_all = |model: &Model| (others.iter()).all(|report| accuracy(report, *model).is_some());
    models.filter(in_all).collect()
}

fn accuracy(report: &Value, (id, model): Model) -> Option<f64> {
    let mut models = report["models"].as_array()?.iter();
    models.find(|of| of["id"] == id && of["model"] == model)?["test_accuracy"].as_f64()
}

impl<'a> Ranking<'a> {
    fn new(models: &[Model<'a>], data_sets: usize, test: Friedman) -> Self {
        let of_test = models.iter().zip(&test.ranks);
        let mut models: Vec<Ranked> = of_test
            .map(|((name, _), &rank)| Ranked { name, rank })
            .collect();
        models.sort_by(|a, b| a.rank.total_cmp(&b.rank));
        Self {
            critical: critical_difference(models.len(), data_sets, SIGNIFICANCE),
            models,
            data_sets,
            test,
        }
    }

    /// Whether not all models rank alike: F is the better test, where there is one.
    fn is_any_different(&self) -> bool {
        self.test.f.unwrap_or(self.test.chi_squared).p < SIGNIFICANCE
    }

    fn p(&self, first: usize, second: usize) -> f64 {
        let apart = self.models[second].rank - self.models[first].rank;
        nemenyi(apart, self.models.len(), self.data_sets)
    }

    /// The largest sets of models that cannot be told apart.
    fn groups(&self) -> Vec<Vec<usize>> {
        groups(self.models.len(), |first, second| {
            self.is_any_different() && self.p(first, second) < SIGNIFICANCE
        })
    }

    fn diagram(&self) -> Result<Figure, ReportError> {
        critical_difference_diagram(&self.models, self.critical, &self.groups())
    }

    fn section(&self, reports: &[&Value]) -> String {
        let titles: Vec<&str> = reports
            .iter()
            .filter_map(|report| report["dataset"]["title"].as_str())
            .collect();
        let mut text = format!(
            "\n## Models over data sets\n\n\
             The average rank by accuracy on the test images of {} data sets, 1 being the best: {}.\n\n\
             ![Average ranks on a line; bars join models that cannot be told apart](figures/critical-difference.svg)\n\n\
             | model | average rank |\n|---|--:|\n",
            self.data_sets,
            titles.join(", ")
        );
        for model in &self.models {
            let _ = writeln!(text, "| {} | {:.2} |", model.name, model.rank);
        }
        text.push_str(&self.tests());
        text.push_str(&self.pairs());
        text
    }

    fn tests(&self) -> String {
        let Friedman { chi_squared, f, .. } = &self.test;
        let f = f.map_or_else(String::new, |f| {
            format!(
                ", Iman and Davenport's F = {:.2}, {}",
                f.statistic,
                probability(f.p)
            )
        });
        let found = if self.is_any_different() {
            format!(
                "Two models differ whose ranks are more than {:.2} apart (Nemenyi's test at 0.05, which holds for all pairs at once)",
                self.critical
            )
        } else {
            "That is no evidence that any two differ".to_owned()
        };
        format!(
            "\nFriedman's test of equal ranks: χ² = {:.2}, {}{f}. {found}; see Demšar 2006. It speaks of data sets like \
             these, with one fit of each model, the first.\n",
            chi_squared.statistic,
            probability(chi_squared.p),
        )
    }

    fn pairs(&self) -> String {
        if !self.is_any_different() {
            return String::new();
        }
        let mut text = String::from(
            "\n<details><summary>Every pair of models</summary>\n\n\
             | model | against | ranks ahead | p (Nemenyi) | |\n|---|---|--:|---|---|\n",
        );
        for second in 0..self.models.len() {
            for first in 0..second {
                let [a, b] = [&self.models[first], &self.models[second]];
                let p = self.p(first, second);
                let verdict = if p < SIGNIFICANCE {
                    "different"
                } else {
                    "cannot be told apart"
                };
                let _ = writeln!(
                    text,
                    "| {} | {} | {:.2} | {} | {verdict} |",
                    a.name,
                    b.name,
                    b.rank - a.rank,
                    probability(p)
                );
            }
        }
        text + "\n</details>\n"
    }
}

#[cfg(test)]
mod tests {
    use crate::write_index;
    use serde_json::{Value, json};
    use std::fs;
    use std::path::Path;

    const MODELS: [&str; 4] = ["softmax", "kernel-svm", "burn-mlp", "nearest-centroid"];
    /// Accuracies of these models on six data sets.
    const ACCURACIES: [[f64; 4]; 6] = [
        [0.95, 0.97, 0.92, 0.82],
        [0.89, 0.88, 0.84, 0.80],
        [0.91, 0.91, 0.85, 0.70],
        [0.97, 0.99, 0.95, 0.95],
        [0.74, 0.76, 0.75, 0.60],
        [0.90, 0.93, 0.88, 0.85],
    ];

    fn report(number: usize, accuracies: &[f64]) -> Value {
        let models = MODELS.iter().zip(accuracies).map(|(id, accuracy)| {
            json!({ "id": id, "model": id, "train_images": 100, "test_accuracy": accuracy })
        });
        json!({
            "complete": true,
            "quick": false,
            "protocol": { "judged_on": "test", "calibration": null },
            "dataset": {
                "title": format!("Data {number}"),
                "train_available": 100,
                "test": 50,
                "test_available": 50,
                "sha256": [number.to_string()],
            },
            "models": models.collect::<Vec<_>>(),
            "run": "2026-01-02T03-04-05Z",
        })
    }

    fn write(results: &Path, number: usize, report: &Value) {
        let directory = results.join(format!("data-{number}"));
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join("report.json"), report.to_string()).unwrap();
    }

    fn index(results: &Path) -> String {
        write_index(results).unwrap();
        fs::read_to_string(results.join("README.md")).unwrap()
    }

    /// Ranks and tests are those that crates/statistics checks against SciPy, the first two models
    /// swapped.
    #[test]
    fn six_data_sets_rank_their_models() {
        let results = tempfile::tempdir().unwrap();
        for (number, accuracies) in ACCURACIES.iter().enumerate() {
            write(results.path(), number, &report(number, accuracies));
        }
        let page = index(results.path());
        for part in [
            "of 6 data sets, 1 being the best: Data 0, Data 1, Data 2, Data 3, Data 4, Data 5.",
            "| kernel-svm | 1.25 |\n| softmax | 1.92 |\n| burn-mlp | 2.92 |\n| nearest-centroid | 3.92 |",
            "χ² = 15.21, p = 0.002, Iman and Davenport's F = 27.22, p < 1e-5.",
            "more than 1.91 apart",
            "| kernel-svm | softmax | 0.67 | p = 0.808 | cannot be told apart |",
            "| kernel-svm | nearest-centroid | 2.67 | p = 0.002 | different |",
            "| softmax | nearest-centroid | 2.00 | p = 0.037 | different |",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let figure = |name: &str| fs::read_to_string(results.path().join("figures").join(name));
        assert!(page.contains("(figures/critical-difference.svg)"));
        let svg = figure("critical-difference.svg").unwrap();
        assert!(svg.contains("prefers-color-scheme: dark"), "{svg}");
        for part in [
            "critical difference 1.91",
            "kernel-svm 1.25",
            "nearest-centroid 3.92",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        // Two bars: no two of the first three differ, nor the last two.
        assert_eq!(svg.matches("stroke-width=\"5\"").count(), 2, "{svg}");
        let csv = figure("critical-difference.csv").unwrap();
        assert!(csv.starts_with("model,average_rank,critical_difference\nkernel-svm,1.25,1.9"));
    }

    #[test]
    fn only_whole_data_sets_count_and_each_once() {
        let results = tempfile::tempdir().unwrap();
        for (number, accuracies) in ACCURACIES.iter().enumerate().take(5) {
            write(results.path(), number, &report(number, accuracies));
        }
        assert!(index(results.path()).contains("## Models over data sets"));
        let diagram = results.path().join("figures/critical-difference.svg");
        assert!(diagram.is_file());
        let whole = report(4, &ACCURACIES[4]);
        let change = |pointer: &str, value: Value| {
            let mut changed = whole.clone();
            *changed.pointer_mut(pointer).unwrap() = value;
            changed
        };
        for not_whole in [
            change("/quick", json!(true)),
            change("/complete", json!(false)),
            change("/protocol/judged_on", json!("folds")),
            change("/protocol/calibration", json!(10)),
            change("/dataset/test", json!(49)),
            change("/models/2/train_images", json!(99)),
            change("/dataset/sha256", json!(["3"])),
        ] {
            write(results.path(), 4, &not_whole);
            let page = index(results.path());
            assert!(page.contains("from 5 data sets on; here are 4."), "{page}");
            assert!(!page.contains("## Models over"), "{page}");
            assert!(!diagram.exists(), "it is of five data sets");
        }
    }

    #[test]
    fn one_data_set_and_models_that_are_not_shared_say_nothing() {
        let results = tempfile::tempdir().unwrap();
        write(results.path(), 0, &report(0, &ACCURACIES[0]));
        assert!(!index(results.path()).contains("over data sets"));
        for (number, accuracies) in ACCURACIES.iter().enumerate() {
            let few = if number == 3 {
                &accuracies[..1]
            } else {
                &accuracies[..]
            };
            write(results.path(), number, &report(number, few));
        }
        assert!(!index(results.path()).contains("over data sets"));
    }

    #[test]
    fn models_that_rank_by_chance_do_not_differ() {
        let results = tempfile::tempdir().unwrap();
        for number in 0..5 {
            let mut accuracies = [0.9, 0.8, 0.7, 0.6];
            accuracies.rotate_right(number % 4);
            write(results.path(), number, &report(number, &accuracies));
        }
        let page = index(results.path());
        assert!(
            page.contains("That is no evidence that any two differ"),
            "{page}"
        );
        assert!(!page.contains("different"), "{page}");
    }
}
