//! From the words for labels and groups to classes and groups, the same in training and test.

use crate::LoadError;
use crate::error::one_line;
use crate::spelling::{Spelling, as_seen, with_unseen};
use crate::table::{Coded, class_order};
use data::Targets;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// More different numbers than this, some with a fraction, are no classes.
const NUMBERS: usize = 20;

/// Labels and groups of a file as they were read.
pub(crate) struct Labelled<'a> {
    pub(crate) file: &'a str,
    /// What the column of labels is called, or what stands in its place.
    pub(crate) label: &'a str,
    pub(crate) labels: &'a Coded,
    pub(crate) groups: Option<&'a Coded>,
    /// What the column of groups is called.
    pub(crate) group: Option<&'a str>,
}

/// The rows of a file that have a label, and what they are.
pub(crate) struct Side {
    /// `None` if all rows have one.
    pub(crate) kept: Option<Vec<usize>>,
    pub(crate) targets: Targets,
}

/// What both sides have in common.
struct Known {
    /// The classes, in their order.
    names: Arc<[String]>,
    labels: Spelling,
    groups: HashMap<String, u32>,
    of_groups: Spelling,
}

/// The classes of a training file and, where there is one, a test file; with notes for people.
pub(crate) fn classes(
    train: &Labelled<'_>,
    test: Option<&Labelled<'_>>,
) -> Result<(Side, Option<Side>, Vec<String>), LoadError> {
    let occurring = |side: &Labelled<'_>| -> BTreeSet<u32> {
        side.labels.codes.iter().flatten().copied().collect()
    };
    let of = |side: &Labelled<'_>| -> Vec<String> {
        let codes = occurring(side).into_iter();
        codes
            .map(|code| one_line(&side.labels.names[code as usize]))
            .collect()
    };
    let [mut of_train, mut of_test] = [of(train), test.map(of).unwrap_or_default()];
    let labels = Spelling::of(of_train.iter().chain(&of_test));
    for names in [&mut of_train, &mut of_test] {
        for name in names.iter_mut() {
            *name = labels.name(name);
        }
        names.sort_unstable();
        names.dedup();
    }
    check(train, &of_train)?;
    if let Some(test) = test.filter(|_| of_test.is_empty()) {
        let reason = format!("no row has a value of {}; test rows need one", test.label);
        return Err(LoadError::content(test.file, reason));
    }
    let names: Arc<[String]> = class_order(of_train.iter().chain(&of_test)).into();

    let mut notes = vec![format!(
        "label: {}, {} classes",
        train.label,
        of_train.len()
    )];
    notes.extend(labels.note("class"));
    notes.extend(look_alike(&names));
    let unseen: Vec<String> = of_test
        .into_iter()
        .filter(|name| !of_train.contains(name))
        .collect();
    if !unseen.is_empty() {
        notes.push(format!(
            "classes of the test file alone: {}",
            unseen.join(", ")
        ));
    }
    let of_groups =
        |side: &Labelled<'_>| side.groups.map_or(&[][..], |groups| &groups.names).to_vec();
    let all_groups = [of_groups(train), test.map(of_groups).unwrap_or_default()].concat();
    let of_groups = Spelling::of(&all_groups);
    notes.extend(of_groups.note("group"));
    let groups = shared_groups(train, test, &of_groups)?;
    let known = Known {
        names,
        labels,
        groups,
        of_groups,
    };
    let train = side(train, &known, &mut notes)?;
    let test = test.map(|test| side(test, &known, &mut notes));
    Ok((train, test.transpose()?, notes))
}

/// Refuses labels that no classifier can be compared on.
fn check(train: &Labelled<'_>, names: &[String]) -> Result<(), LoadError> {
    let rows = train.labels.codes.iter().flatten().count();
    let label = train.label;
    let refuse = |reason: String| Err(LoadError::content(train.file, reason));
    if rows == 0 {
        return refuse(format!("{label} has no value; which is the label?"));
    }
    if let [only] = names {
        let left_out = match train.labels.codes.len() - rows {
            0 => String::new(),
            missing => format!(" that have one ({missing} have none)"),
        };
        return refuse(format!(
            "{label} is {only} in all {rows} rows{left_out}; a classifier needs two classes to tell apart"
        ));
    }
    if names.len() == rows {
        return refuse(format!(
            "no two of the {rows} rows have the same value of {label}; a class needs several rows. Is it the label?"
        ));
    }
    let fraction = |name: &&String| {
        name.parse::<f64>()
            .is_ok_and(|number| number.fract() != 0.0)
    };
    if let (true, Some(example)) = (names.len() > NUMBERS, names.iter().find(fraction)) {
        return refuse(format!(
            "{label} has {} different values such as {example}: a quantity, and no class; name another label",
            names.len()
        ));
    }
    Ok(())
}

/// What to say of classes that a reader would take for one: they differ by case, or by what is not seen.
fn look_alike(names: &[String]) -> Option<String> {
    let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for name in names {
        alike.entry(name.to_lowercase()).or_default().push(name);
    }
    let mut seen: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for name in names {
        seen.entry(as_seen(name)).or_default().push(name);
    }
    let several = |alike: BTreeMap<String, Vec<&str>>, show: fn(&str) -> String| -> String {
        let pairs = alike.into_values().filter(|names| names.len() > 1);
        let pairs = pairs.map(|names| {
            names
                .into_iter()
                .map(show)
                .collect::<Vec<_>>()
                .join(" and ")
        });
        pairs.collect::<Vec<_>>().join(", ")
    };
    let by_case = several(alike, str::to_owned);
    if !by_case.is_empty() {
        return Some(format!("classes that differ by case only: {by_case}"));
    }
    let by_nothing = several(seen, with_unseen);
    (!by_nothing.is_empty())
        .then(|| format!("classes that look the same, and are written otherwise: {by_nothing}"))
}

/// The number of each group; the same name is the same group in both files, and may not be in both.
fn shared_groups(
    train: &Labelled<'_>,
    test: Option<&Labelled<'_>>,
    spelling: &Spelling,
) -> Result<HashMap<String, u32>, LoadError> {
    let mut numbers = HashMap::new();
    let names = train.groups.iter().flat_map(|groups| &groups.names);
    for name in names {
        let next = numbers.len() as u32;
        numbers.entry(spelling.name(name)).or_insert(next);
    }
    let Some(test) = test else {
        return Ok(numbers);
    };
    let of_train = numbers.len() as u32;
    for name in test.groups.iter().flat_map(|groups| &groups.names) {
        let next = numbers.len() as u32;
        if *numbers.entry(spelling.name(name)).or_insert(next) < of_train {
            let reason = format!(
                "group {name} is in {}, too; a group belongs to the training or to the test file",
                train.file
            );
            return Err(LoadError::content(test.file, reason));
        }
    }
    Ok(numbers)
}

fn side(read: &Labelled<'_>, known: &Known, notes: &mut Vec<String>) -> Result<Side, LoadError> {
    let positions: HashMap<&str, usize> = known
        .names
        .iter()
        .enumerate()
        .map(|(i, name)| (name.as_str(), i))
        .collect();
    let class_of: Vec<Option<usize>> = read
        .labels
        .names
        .iter()
        .map(|name| {
            positions
                .get(known.labels.name(&one_line(name)).as_str())
                .copied()
        })
        .collect();
    let labels: Vec<Option<usize>> = read
        .labels
        .codes
        .iter()
        .map(|code| class_of[(*code)? as usize])
        .collect();
    let kept: Vec<usize> = (0..labels.len())
        .filter(|&row| labels[row].is_some())
        .collect();
    let left_out = labels.len() - kept.len();
    if left_out > 0 {
        let s = if left_out == 1 { "" } else { "s" };
        notes.push(format!(
            "{left_out} row{s} without a label left out of {}",
            read.file
        ));
    }
    let mut targets = Targets::new(
        labels.iter().flatten().copied().collect(),
        Arc::clone(&known.names),
    )?;
    if let Some(coded) = read.groups {
        let number = |name: &String| known.groups[&known.of_groups.name(name)];
        let numbers: Vec<u32> = coded.names.iter().map(number).collect();
        let numbers = kept.iter().map(|&row| {
            let code = coded.codes[row].ok_or_else(|| {
                let column = read
                    .group
                    .map_or_else(String::new, |name| format!(" in column {name}"));
                let reason = format!(
                    "row {}, counted from 1, has no group{column}; each row needs one",
                    row + 1
                );
                LoadError::content(read.file, reason)
            })?;
            Ok(numbers[code as usize])
        });
        let numbers: Vec<u32> = numbers.collect::<Result<_, LoadError>>()?;
        let many: HashSet<&u32> = numbers.iter().collect();
        notes.push(format!("{} groups in {}", many.len(), read.file));
        targets = targets.with_groups(numbers)?;
    }
    Ok(Side {
        kept: (left_out > 0).then_some(kept),
        targets,
    })
}
