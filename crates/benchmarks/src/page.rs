//! The measurements as a Markdown page.

use crate::process::Measured;
use crate::quiet::{MOST, Noise};
use crate::ratio::{Ratio, ends, median};
use crate::reading::{Readings, section};
use crate::subjects::{PUBLISHED, Published, Task};
use records::Environment;
use report::{Contestant, thousands};
use std::fmt::Write;

/// Seconds below which a time is of no work worth a ratio.
const LEAST: f64 = 1e-3;

/// All measurements of one subject.
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) rounds: Vec<Measured>,
    /// Threads that it had.
    pub(crate) threads: usize,
}

/// One model's time for a single image and for all test images.
pub(crate) struct Latency {
    pub(crate) model: &'static str,
    /// Median and 99th percentile of single images, in µs.
    pub(crate) single: [f64; 2],
    /// µs per image when all are predicted together.
    pub(crate) together: f64,
}

/// Everything that the page shows.
pub(crate) struct Page<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) rounds: usize,
    pub(crate) quick: bool,
    pub(crate) tasks: Vec<(&'static Task, Vec<Subject>)>,
    pub(crate) growth: Vec<(usize, Measured)>,
    pub(crate) latencies: Vec<Latency>,
    pub(crate) readings: Vec<Readings>,
    pub(crate) noise: Noise,
    /// The lines that show everyone's error against their time.
    pub(crate) picture: String,
}

impl Subject {
    fn all(&self, value: impl Fn(&Measured) -> f64) -> Vec<f64> {
        self.rounds.iter().map(value).collect()
    }

    fn median(&self, value: impl Fn(&Measured) -> f64) -> f64 {
        median(&self.all(value))
    }

    /// Its name, and its threads where they are others than those of ours.
    fn in_words(&self, ours: &Self) -> String {
        if self.threads == ours.threads {
            return self.name.clone();
        }
        let plural = if self.threads == 1 { "" } else { "s" };
        format!("{}, {} thread{plural}", self.name, self.threads)
    }

    fn range(&self) -> String {
        ends(&self.all(|round| round.fit_seconds))
    }
}

impl Page<'_> {
    /// The page. Writing to a string cannot fail.
    pub(crate) fn render(&self) -> String {
        let mut page = String::from("# Benchmarks\n\n");
        if self.quick {
            page += "> [!WARNING]\n> **Quick look** at 2 000 training images, without peers.\n\n";
        }
        page += &lead(&self.tasks);
        if !self.picture.is_empty() {
            page += &self.picture;
            page += "\n";
            // A quick look is of other work.
            for published in PUBLISHED.iter().filter(|_| !self.quick) {
                let _ = writeln!(
                    page,
                    "Published, not measured here: {}.\n",
                    published.source
                );
            }
        }
        page += &self.method();
        for (task, subjects) in &self.tasks {
            page += &comparison(task, subjects);
        }
        if !self.growth.is_empty() {
            page += &growth(&self.growth);
        }
        page += &section(&self.readings);
        page += "## Prediction\n\nOne image at a time, and all test images together, in one process \
                 after the fit.\n\n| model | single prediction, µs: median | 99th percentile | prediction time, \
                 µs/image |\n|---|--:|--:|--:|\n";
        for latency in &self.latencies {
            let [median, slow] = latency.single;
            let _ = writeln!(
                page,
                "| {} | {median:.1} | {slow:.1} | {:.2} |",
                latency.model, latency.together
            );
        }
        page
    }
}

/// Everyone by the time from the images in memory to all answers, and by what is wrong with these.
pub(crate) fn contestants(
    tasks: &[(&'static Task, Vec<Subject>)],
    published: &[Published],
) -> Vec<Contestant> {
    let mut all: Vec<Contestant> = Vec::new();
    for (task, subjects) in tasks {
        for (place, subject) in subjects.iter().enumerate() {
            let ours = place == 0;
            let name = if ours {
                task.ours.to_owned()
            } else {
                // A figure has no code in it.
                let peer = subject.in_words(&subjects[0]).replace('`', "");
                format!("{}: {peer}", task.ours)
            };
            all.push(Contestant {
                name,
                is_ours: ours,
                is_measured: true,
                seconds: subject.median(Measured::seconds),
                wrong: 1.0 - subject.median(|round| round.test_accuracy),
                samples: subject.rounds[0].predictions.len(),
            });
        }
    }
    let published = published.iter().map(|published| Contestant {
        name: published.name.to_owned(),
        is_ours: false,
        is_measured: false,
        seconds: published.seconds,
        wrong: published.wrong,
        samples: published.samples,
    });
    all.extend(published);
    all
}

impl Page<'_> {
    /// On what the times were taken, and how.
    fn method(&self) -> String {
        let environment = self.environment;
        let machine = environment.machine.as_ref();
        let mut text = format!(
            "## How this was measured\n\n```sh\n{}\n```\n\n{} with {} threads, {}, commit {}, begun {}. Every subject \
             ran in turn, each time in a process of its own. With {} rounds, times are medians, and the range stands \
             beside them. A subject that takes more than a minute runs once. Memory is the largest resident size of \
             the process, interpreter and data included. A ratio above 1 means that ours is faster. Beside it is its \
             95 % interval over the rounds (bootstrap, with five rounds or more). A peer was also tried on one \
             thread, and has one where that was faster. *Same answers* counts the test images to which both give the \
             same class. [PERFORMANCE](../PERFORMANCE.md) says where the time goes.\n\n",
            environment.command,
            machine.map_or("unknown processor", |machine| &machine.cpu),
            machine.map_or(0, |machine| machine.threads),
            machine.map_or("unknown system", |machine| &machine.system),
            environment.commit,
            environment.started,
            self.rounds,
        );
        text += &self.noise();
        text
    }

    /// What other programs did meanwhile.
    fn noise(&self) -> String {
        let Noise {
            minded,
            repeated,
            disturbed,
        } = self.noise;
        if !minded {
            return String::new();
        }
        let found = match (repeated, disturbed) {
            (0, 0) => "None was.".to_owned(),
            _ => format!(
                "{repeated} measurements were made again for that reason; {disturbed} stand though they were disturbed."
            ),
        };
        format!(
            "A measurement is disturbed if other programs, or the host, take more than {:.0} % of the processors \
             meanwhile. {found}\n\n",
            MOST * 100.0
        )
    }
}

/// How ours compare with the fastest peer of each task, in a sentence; nothing without peers.
fn lead(tasks: &[(&'static Task, Vec<Subject>)]) -> String {
    let ratio = |(task, subjects): &(&'static Task, Vec<Subject>)| {
        let (ours, peers) = subjects.split_first()?;
        let fit = |of: &Subject| of.median(|round| round.fit_seconds);
        let fastest = peers.iter().map(fit).min_by(f64::total_cmp)?;
        (fit(ours) >= LEAST).then(|| (task.ours, fastest / fit(ours)))
    };
    let ratios: Vec<(&str, f64)> = tasks.iter().filter_map(ratio).collect();
    if ratios.is_empty() {
        return String::new();
    }
    let tasks = match ratios.len() {
        1 => "one task".to_owned(),
        several => format!("{several} tasks"),
    };
    let (faster, slower): (Vec<_>, Vec<_>) = ratios.into_iter().partition(|of| of.1 >= 1.0);
    let listed = |some: &[(&str, f64)]| {
        let some = some.iter();
        let some = some.map(|&(ours, ratio)| format!("{ours} {}\u{a0}×", shown(ratio)));
        some.collect::<Vec<_>>().join(", ")
    };
    let (count, some) = match (faster.len(), &slower[..]) {
        (0, slower) => ("none".to_owned(), listed(slower)),
        (count, []) => (count.to_string(), listed(&faster)),
        (count, slower) => {
            let some = format!("{}; not {}", listed(&faster), listed(slower));
            (count.to_string(), some)
        }
    };
    format!(
        "**Our models fit at least as fast as the fastest peer in {count} of {tasks}**: {some} (the peer's time divided by \
         ours).\n\n"
    )
}

/// With one decimal; one just below 1 with as many as show that it is.
fn shown(ratio: f64) -> String {
    let with = |decimals: usize| format!("{ratio:.decimals$}");
    let is_hidden = |text: &String| ratio < 1.0 && text.starts_with('1');
    let text = (1..=3).map(with).find(|text| !is_hidden(text));
    text.unwrap_or_else(|| "0.999".to_owned())
}

fn comparison(task: &Task, subjects: &[Subject]) -> String {
    let mut work = task.work.chars();
    let first = work.next().into_iter().flat_map(char::to_uppercase);
    let work: String = first.chain(work).collect();
    let mut page = format!("## {}\n\n{work}.\n\n", task.title);
    let with_objective = subjects.iter().any(|s| s.rounds[0].objective.is_some());
    page +=
        "| | fit, s | range | ratio | predict 10 000, ms | ratio | test accuracy | same answers |";
    page += if with_objective { " objective |" } else { "" };
    page += " memory, MB |\n|---|--:|:-:|--:|--:|--:|--:|--:|";
    page += if with_objective { "--:|" } else { "" };
    page += "--:|\n";
    let ours = &subjects[0];
    for (place, subject) in subjects.iter().enumerate() {
        let ratio = |value: fn(&Measured) -> f64| {
            if place == 0 || ours.median(value) < LEAST {
                "–".to_owned()
            } else {
                Ratio::of(&subject.all(value), &ours.all(value)).to_string()
            }
        };
        let _ = write!(
            page,
            "| {} | {:.2} | {} | {} | {:.1} | {} | {:.4} |",
            subject.in_words(ours),
            subject.median(|round| round.fit_seconds),
            subject.range(),
            ratio(|round| round.fit_seconds),
            subject.median(|round| round.predict_seconds) * 1e3,
            ratio(|round| round.predict_seconds),
            subject.median(|round| round.test_accuracy),
        );
        let same = if place == 0 {
            "–".to_owned()
        } else {
            let [ours, theirs] = [ours, subject].map(|of| &of.rounds[0].predictions);
            thousands(same_answers(ours, theirs))
        };
        let _ = write!(page, " {same} |");
        if with_objective {
            let objective = subject.rounds[0].objective;
            let text = objective.map_or_else(|| "–".to_owned(), |value| format!("{value:.8}"));
            let _ = write!(page, " {text} |");
        }
        let _ = writeln!(
            page,
            " {:.0} |",
            subject.median(|round| round.resident as f64) / 1e6
        );
    }
    page + "\n"
}

/// How many images two models take for the same.
fn same_answers(ours: &[u16], theirs: &[u16]) -> usize {
    ours.iter().zip(theirs).filter(|(a, b)| a == b).count()
}

fn growth(growth: &[(usize, Measured)]) -> String {
    let mut page = String::from(
        "## How the kernel SVM's cost grows\n\nC = 10, γ = 0.02. Above 60 000 images, copies moved by \
         a pixel are added.\n\n| training images | fit, s | support vectors | predict 10 000, ms | \
         test accuracy | memory, MB |\n|--:|--:|--:|--:|--:|--:|\n",
    );
    for (size, measured) in growth {
        let _ = writeln!(
            page,
            "| {} | {:.2} | {} | {:.0} | {:.4} | {:.0} |",
            thousands(*size),
            measured.fit_seconds,
            thousands(measured.support_vectors.unwrap_or(0.0) as usize),
            measured.predict_seconds * 1e3,
            measured.test_accuracy,
            measured.resident as f64 / 1e6
        );
    }
    page + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(fit_seconds: f64) -> Measured {
        Measured {
            fit_seconds,
            predict_seconds: 0.1,
            test_accuracy: 0.9,
            objective: None,
            support_vectors: None,
            predictions: vec![0, 1, 2],
            resident: 1_000_000,
        }
    }

    #[test]
    fn a_fit_that_is_no_work_has_no_ratio_and_what_is_published_is_in_the_picture() {
        let one = |name: &str, seconds| Subject {
            name: name.to_owned(),
            rounds: vec![measured(seconds)],
            threads: 2,
        };
        let subjects = vec![one("ours", 1e-5), one("peer", 2.0)];
        let task = &crate::subjects::TASKS[0];
        let table = comparison(task, &subjects);
        assert!(
            table.contains(
                "| peer | 2.00 | 2.00\u{a0}–\u{2060}\u{a0}2.00 | – | 100.0 | **1.0\u{a0}×** |"
            ),
            "{table}"
        );
        assert_eq!(
            lead(&[(task, vec![one("ours", 1e-5), one("peer", 2.0)])]),
            "",
            "a fit that is no work"
        );
        let slow = vec![one("ours", 4.0), one("peer", 2.0), one("slow peer", 3.0)];
        let quick = vec![one("ours", 1.0), one("peer", 2.0)];
        let tasks = &crate::subjects::TASKS;
        let said = lead(&[(task, quick), (&tasks[1], slow)]);
        let expected = format!(
            "in 1 of 2 tasks**: {} 2.0\u{a0}×; not {} 0.5\u{a0}×",
            task.ours, tasks[1].ours
        );
        assert!(said.contains(&expected), "{said}");
        let of = |ours: f64| lead(&[(task, vec![one("ours", ours), one("peer", 1.0)])]);
        let nowhere = format!("in none of one task**: {} 0.5\u{a0}× (the", task.ours);
        assert!(of(2.0).contains(&nowhere), "{}", of(2.0));
        let everywhere = format!("in 1 of one task**: {} 2.0\u{a0}× (the", task.ours);
        assert!(of(0.5).contains(&everywhere), "{}", of(0.5));
        // What is slower is never said to take 1.0 times as long.
        let all = [0.94, 0.97, 0.996, 0.9999, 1.0, 1.04].map(shown);
        assert_eq!(all, ["0.9", "0.97", "0.996", "0.999", "1.0", "1.0"]);
        let all = contestants(&[(task, subjects)], PUBLISHED);
        let of = |one: &Contestant| (one.is_ours, one.is_measured);
        let all: Vec<(bool, bool)> = all.iter().map(of).collect();
        assert_eq!(all[..2], [(true, true), (false, true)]);
        assert!(all.len() > 2 && all[2..].iter().all(|&of| of == (false, false)));
    }

    #[test]
    fn medians_and_ratios_are_of_the_fits() {
        let subject = |name: &str, times: &[f64]| Subject {
            name: name.to_owned(),
            rounds: times.iter().map(|&time| measured(time)).collect(),
            threads: if name == "peer" { 1 } else { 2 },
        };
        let subjects = [
            subject("ours", &[3.0, 1.0, 2.0]),
            subject("peer", &[9.0, 7.0]),
        ];
        let table = comparison(&crate::subjects::TASKS[0], &subjects);
        assert!(
            table.contains("| ours | 2.00 | 1.00\u{a0}–\u{2060}\u{a0}3.00 | – |"),
            "{table}"
        );
        assert!(
            table.contains(
                "| peer, 1 thread | 8.00 | 7.00\u{a0}–\u{2060}\u{a0}9.00 | **4.0\u{a0}×** |"
            ),
            "{table}"
        );
        assert!(table.contains("| 0.9000 | 3 | 1 |"), "{table}");
    }
}
