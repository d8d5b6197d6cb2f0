//! What is worth knowing of a data set before models are compared on it.

mod words;

use crate::equal_rows::{Key, of_column, of_columns, of_samples, repeated, shared};
use crate::moved_pictures::{Moved, moved};
use crate::near_pictures::near;
use crate::telling::{is_learnt_from, tells};
use crate::{Content, Loaded};
use data::{Samples, Targets};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap, HashSet};
use tables::{Column, Kind, Table, Values};

/// Pictures that differ by less are near: root mean squared difference per value, in grey levels. By eye, the ten
/// test pictures of Fashion-MNIST that are nearest to a training picture, at 0.7 to 7.17, are of the same photograph
/// (the eleventh, at 7.27, is lighter); the two nearest of MNIST, at 7.54, are ones by two hands.
pub const NEAR: f64 = 7.2;
/// Values of samples that are looked at at a time, or those of one sample: 16 MB.
const BLOCK: usize = 1 << 22;
/// Parts of a column of numbers, about as many rows in each.
const PARTS: usize = 32;
/// Bars of a histogram.
const BARS: usize = 10;

/// What a data set holds, and what in it makes a comparison doubtful.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inspection {
    /// Rows to learn from and rows to be judged on.
    pub rows: [usize; 2],
    /// Values per row: features, or columns of a table.
    pub width: usize,
    /// The classes.
    pub classes: Vec<ClassCounts>,
    /// The columns of a table, over its training rows; empty for samples.
    pub columns: Vec<ColumnSummary>,
    /// Features of samples that are the same in all training rows; 0 for tables, see `columns`.
    pub constant_features: usize,
    /// Training rows that are the same as one before them.
    pub repeated: Vec<Same>,
    /// Of these, those whose labels differ.
    pub contradicting: Vec<Same>,
    /// Test rows that are the same as a training row; `first` is the training row.
    pub in_both: Vec<Same>,
    /// Test pictures that are nearly the same as a training picture, and the same as none; `None` where there are no
    /// pictures.
    pub nearly_in_both: Option<Vec<Near>>,
    /// Test pictures that are a training picture made lighter, darker, of more or less contrast, moved, turned or
    /// mirrored, and are nearly the same as none. `None` where there are no pictures, or small ones.
    pub moved_in_both: Option<Vec<Moved>>,
}

/// A class with its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassCounts {
    /// What it is called.
    pub name: String,
    /// Training rows.
    pub train: usize,
    /// Test rows.
    pub test: usize,
}

/// What a column of a table holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnSummary {
    /// What it is called.
    pub name: String,
    /// Of which kind its values are.
    pub kind: Kind,
    /// Rows where it is missing.
    pub missing: usize,
    /// Different values, a missing one not counted.
    pub distinct: usize,
    /// The smallest and the largest number.
    pub range: Option<[f64; 2]>,
    /// How its values lie: of numbers the rows in each of ten equal parts of the range, of others the rows
    /// of each value, the most frequent first, as many at most.
    pub spread: Vec<usize>,
    /// A name among its categories, if nearly all of them would be numbers without their commas or signs.
    pub like_a_number: Option<String>,
    /// A name among its categories, if nearly all of them may be dates whose day and month cannot be told apart.
    pub like_a_date: Option<String>,
    /// Whether it rises from each training row to the next in whole numbers, as the number of a row does.
    pub counts_rows: bool,
    /// An earlier column that holds the same.
    pub same_as: Option<String>,
    /// The share of rows whose class is guessed from this column alone: the most frequent class of the
    /// same value, or of the same of 32 parts of a column of numbers, is learnt from about half of the
    /// rows, drawn at random, and tried on the others.
    pub right_alone: f64,
    /// Whether that is so often that the column may tell the label: above 99 %, and a tenth of the
    /// mistakes of guessing the most frequent class, or fewer.
    pub tells_the_label: bool,
}

/// Two rows that hold the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Same {
    /// Index of the earlier row, or of the training row.
    pub first: usize,
    /// Index of the later row, or of the test row.
    pub second: usize,
}

/// Two pictures that are nearly the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Near {
    /// Index of the training picture.
    pub train: usize,
    /// Index of the test picture.
    pub test: usize,
    /// Root mean squared difference per value, in grey levels.
    pub difference: f64,
}

/// Looks through a data set. Of the test labels it tells how many there are of each class, and nothing
/// else.
pub fn inspect(loaded: &Loaded) -> Inspection {
    match &loaded.content {
        Content::Samples { train, test } => {
            let [a, b] = [train.samples(), test.samples()];
            let keys = [of_samples(a), of_samples(b)];
            let found = rows(&keys, [train.as_ref(), test.handed_over().as_ref()]);
            // A test picture is doubted once.
            let mut known: HashSet<usize> = found.in_both.iter().map(|pair| pair.second).collect();
            let near = near(a, b, NEAR, &known);
            known.extend(near.iter().flatten().map(|&(_, test, _)| test));
            Inspection {
                width: a.features(),
                constant_features: constant_features(a),
                nearly_in_both: near.map(|near| near.into_iter().map(Near::from).collect()),
                moved_in_both: moved(a, b, &known),
                ..found
            }
        }
        Content::Table { train, test } => {
            let keys = [of_columns(train.columns()), of_columns(test.columns())];
            Inspection {
                width: train.columns().len(),
                columns: columns(train),
                ..rows(&keys, [train.targets(), test.handed_over().targets()])
            }
        }
    }
}

/// Features that are the same in all samples; 0 where there are none.
fn constant_features(samples: &Samples) -> usize {
    let mut constant: Option<Vec<Option<f32>>> = None;
    let rows = (BLOCK / samples.features().max(1)).max(1);
    for values in samples.blocks(rows) {
        for row in values.chunks_exact(samples.features()) {
            let constant = constant.get_or_insert_with(|| row.iter().copied().map(Some).collect());
            for (first, value) in constant.iter_mut().zip(row) {
                *first = first.filter(|first| first == value);
            }
        }
    }
    constant.map_or(0, |constant| constant.iter().flatten().count())
}

fn rows([train, test]: &[Vec<Key>; 2], targets: [&Targets; 2]) -> Inspection {
    let counts = targets.map(Targets::class_counts);
    let names = targets[0].class_names().iter().enumerate();
    let labels = targets[0].labels();
    let same = |pairs: Vec<(usize, usize)>| -> Vec<Same> {
        let pairs = pairs.into_iter();
        pairs
            .map(|(first, second)| Same { first, second })
            .collect()
    };
    let repeated = same(repeated(train));
    let contradicting = repeated.iter().copied();
    Inspection {
        rows: [train.len(), test.len()],
        width: 0,
        classes: names
            .map(|(class, name)| ClassCounts {
                name: name.clone(),
                train: counts[0][class],
                test: counts[1][class],
            })
            .collect(),
        columns: Vec::new(),
        constant_features: 0,
        contradicting: contradicting
            .filter(|pair| labels[pair.first] != labels[pair.second])
            .collect(),
        repeated,
        in_both: same(shared(train, test)),
        nearly_in_both: None,
        moved_in_both: None,
    }
}

impl From<(usize, usize, f64)> for Near {
    fn from((train, test, difference): (usize, usize, f64)) -> Self {
        Self {
            train,
            test,
            difference,
        }
    }
}

fn columns(train: &Table) -> Vec<ColumnSummary> {
    let mut before: HashMap<Vec<Key>, &str> = HashMap::new();
    let labels = train.targets().labels();
    let classes = train.targets().class_names().len();
    let most = train
        .targets()
        .class_counts()
        .into_iter()
        .max()
        .unwrap_or(0);
    let mistakes = 1.0 - most as f64 / train.len().max(1) as f64;
    let mut summaries = Vec::new();
    for column in train.columns() {
        let keys = of_column(column);
        let different: BTreeSet<&Key> = keys.iter().collect();
        let missing = column.missing();
        let right_alone = right_alone(column, &keys, labels, classes);
        summaries.push(ColumnSummary {
            name: column.name().to_owned(),
            kind: column.kind(),
            missing,
            distinct: different.len() - usize::from(missing > 0),
            range: range(column),
            spread: spread(column),
            right_alone,
            tells_the_label: different.len() > 1 && tells(right_alone, mistakes),
            like_a_number: nearly_all(column, is_like_a_number),
            like_a_date: nearly_all(column, is_like_a_date),
            counts_rows: counts_rows(column),
            same_as: before.get(&keys).map(ToString::to_string),
        });
        before.entry(keys).or_insert(column.name());
    }
    summaries
}

/// A category of a kind that nearly all are of.
fn nearly_all(column: &Column, is_of_the_kind: fn(&str) -> bool) -> Option<String> {
    let Values::Categories(categories) = column.values() else {
        return None;
    };
    let names = categories.names();
    let mut like = names.iter().filter(|name| is_of_the_kind(name));
    let first = like.next()?;
    let count = 1 + like.count();
    (count >= 2 && 10 * count >= 9 * names.len()).then(|| first.clone())
}

/// `1,5`, `1,001`, `1 001`, `1_001`, `5%`, `$5`, `(5)`, `0x1F`, with a minus sign or digits that are none of ASCII's.
fn is_like_a_number(name: &str) -> bool {
    if let Some(digits) = name.strip_prefix("0x").or(name.strip_prefix("0X")) {
        return u64::from_str_radix(digits, 16).is_ok();
    }
    let is_other_digit = |c: char| c.is_numeric() && !c.is_ascii();
    if name.starts_with(is_other_digit) && name.chars().all(char::is_numeric) {
        return true;
    }
    let is_bracketed = name.starts_with('(') && name.ends_with(')');
    let name = if is_bracketed {
        &name[1..name.len() - 1]
    } else {
        name
    };
    let is_sign = |c: char| ['%', '$', '€', '£'].contains(&c) || c.is_whitespace();
    let groups = name
        .trim_matches(is_sign)
        .split([' ', '_', '\u{a0}', '\u{202f}', '\'']);
    let is_thousand = |group: &str| {
        let digits = group.bytes().take_while(u8::is_ascii_digit).count();
        digits == 3
    };
    if !groups.clone().skip(1).all(is_thousand) {
        return false;
    }
    let digits: String = groups.collect();
    let digits = digits.replace(',', "").replace('\u{2212}', "-");
    (is_bracketed || name != digits) && digits.parse::<f64>().is_ok()
}

/// `3/14/2024` or `14-03-24`.
fn is_like_a_date(name: &str) -> bool {
    let date = name.split(' ').next().unwrap_or_default();
    let parts: Vec<&str> = date.split(['/', '-']).collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(lengths[..], [1 | 2, 1 | 2, 2 | 4]) && parts.iter().all(is_number)
}

fn counts_rows(column: &Column) -> bool {
    let Values::Numbers(numbers) = column.values() else {
        return false;
    };
    let is_whole = |number: &f64| number.fract() == 0.0;
    numbers.iter().all(is_whole) && numbers.is_sorted_by(|before, after| before < after)
}

fn range(column: &Column) -> Option<[f64; 2]> {
    present(column).fold(None, |range, number| {
        let [low, high] = range.unwrap_or([number, number]);
        Some([low.min(number), high.max(number)])
    })
}

/// The numbers of a column that are not missing; none of a column of other values.
fn present(column: &Column) -> impl Iterator<Item = f64> {
    let number = column.as_number().into_iter();
    let numbers = number.flat_map(|number| (0..column.len()).map(number));
    numbers.filter(|number| !number.is_nan())
}

fn spread(column: &Column) -> Vec<usize> {
    if let Some([low, high]) = range(column) {
        let mut bars = vec![0; BARS];
        // Halves, because the difference of two numbers may be beyond all of them.
        let width = high / 2.0 - low / 2.0;
        for number in present(column) {
            let place = if width > 0.0 {
                (number / 2.0 - low / 2.0) / width * BARS as f64
            } else {
                0.0
            };
            bars[(place as usize).min(BARS - 1)] += 1;
        }
        return bars;
    }
    let Values::Categories(categories) = column.values() else {
        return Vec::new();
    };
    let mut bars = vec![0; categories.names().len()];
    for code in categories.codes().flatten() {
        bars[code] += 1;
    }
    bars.retain(|&rows| rows > 0);
    bars.sort_unstable_by(|a, b| b.cmp(a));
    bars.truncate(BARS);
    bars
}

fn right_alone(column: &Column, keys: &[Key], labels: &[usize], classes: usize) -> f64 {
    let parts = parts(column, keys);
    let mut counts: HashMap<Key, Vec<usize>> = HashMap::new();
    let mut of_all = vec![0; classes];
    let (learnt, tried): (Vec<usize>, Vec<usize>) =
        (0..labels.len()).partition(|&row| is_learnt_from(row));
    for row in learnt {
        counts.entry(parts[row]).or_insert_with(|| vec![0; classes])[labels[row]] += 1;
        of_all[labels[row]] += 1;
    }
    let guess = |counts: &[usize]| {
        let most = counts.iter().max();
        counts.iter().position(|count| Some(count) == most)
    };
    let all = tried.len().max(1);
    let of_part = |row: &usize| guess(counts.get(&parts[*row]).unwrap_or(&of_all));
    let right = tried
        .iter()
        .filter(|row| of_part(row) == Some(labels[**row]))
        .count();
    right as f64 / all as f64
}

/// Values as they are, or parts of a column of many numbers.
fn parts(column: &Column, keys: &[Key]) -> Vec<Key> {
    let Some(number) = column.as_number() else {
        return keys.to_vec();
    };
    let numbers: Vec<f64> = (0..column.len()).map(number).collect();
    let mut sorted: Vec<f64> = numbers
        .iter()
        .copied()
        .filter(|number| !number.is_nan())
        .collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut ends: Vec<f64> = (1..PARTS)
        .filter_map(|part| sorted.get(part * sorted.len() / PARTS).copied())
        .collect();
    ends.dedup();
    let part = |number: &f64| {
        if number.is_nan() {
            [u64::MAX, 0]
        } else {
            [ends.partition_point(|end| end <= number) as u64, 0]
        }
    };
    numbers.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, load};
    use std::fmt::Write as _;

    fn inspected(text: &str) -> Inspection {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("data.csv");
        let test = directory.path().join("test.csv");
        let (train, of_test) = text.split_once("--\n").unwrap();
        std::fs::write(&path, train).unwrap();
        std::fs::write(&test, of_test).unwrap();
        let options = Options {
            test: Some(test),
            ..Options::default()
        };
        inspect(&load(&path, &options).unwrap())
    }

    #[test]
    fn rows_that_stand_twice_contradict_or_leak_are_found() {
        let found = inspected(
            "x,y2,class\n1,a,p\n2,b,q\n1,a,q\n2,b,q\n3,a,p\n--\nclass,y2,x\nq,a,3\np,b,9\n",
        );
        let same = |first, second| Same { first, second };
        assert_eq!(found.repeated, [same(0, 2), same(1, 3)]);
        assert_eq!(found.contradicting, [same(0, 2)]);
        assert_eq!(found.in_both, [same(4, 0)]);
        assert_eq!(
            (found.rows, found.width, &found.nearly_in_both),
            ([5, 2], 2, &None)
        );
        assert_eq!(found.classes[0].train + found.classes[0].test, 3);
        let doubts = found.doubts();
        assert_eq!(
            doubts[0],
            "1 of 2 test rows are the same as a training row (such as test row 0 and training row 4): a model may have learnt them by heart."
        );
        assert!(doubts[1].starts_with(
            "1 of 5 training rows are the same as an earlier one but of another class"
        ));
        assert!(doubts[2].starts_with(
            "2 of 5 training rows are the same as an earlier one (such as rows 0 and 2)"
        ));
    }

    #[test]
    fn a_column_that_tells_the_class_is_found_whatever_the_order_of_rows() {
        for turn in [2, 3, 4] {
            let mut text = "tells,noise,class\n".to_owned();
            for row in 0..200 {
                let class = row % turn;
                writeln!(text, "k{class},{},c{class}", row * 37 % 91).unwrap();
            }
            text += "--\ntells,noise,class\nk0,4,c0\n";
            let columns = inspected(&text).columns;
            assert!(
                columns[0].tells_the_label,
                "{turn}: {}",
                columns[0].right_alone
            );
            assert!(!columns[1].tells_the_label);
        }
    }

    #[test]
    fn numbers_that_are_written_for_people_are_told() {
        for number in [
            "1,5",
            "1,001",
            "5%",
            "$5",
            "£ 5",
            "1 001",
            "1\u{a0}001,5",
            "-1'000'000",
            "\u{2212}5",
            "1_001",
            "(1,250.5)",
            "0x1F",
            "\u{ff11}\u{ff12}",
            "\u{663}",
        ] {
            assert!(is_like_a_number(number), "{number}");
        }
        for other in [
            "5", "1 2", "1 0012", "12 noon", "%", "", "n1", "(n)", "0xyz", "1_2", "()",
        ] {
            assert!(!is_like_a_number(other), "{other}");
        }
    }

    #[test]
    fn dates_are_told_by_their_parts() {
        for date in ["3/14/2024", "14-03-24", "1/2/2024 10:30"] {
            assert!(is_like_a_date(date), "{date}");
        }
        for other in ["1/2", "2024/03/14", "a/b/c", "1/2/3/4", ""] {
            assert!(!is_like_a_date(other), "{other}");
        }
    }

    #[test]
    fn classes_and_columns_that_tell_nothing_are_doubtful() {
        let mut text = "name,price,share,number,of,class\n".to_owned();
        for row in 0..40 {
            let (share, number, of) = (row % 7, 3 * row, f64::from(row) / 2.0);
            writeln!(
                text,
                "n{row},\"{row},5\",{share}%,{number},{of},c{}",
                row % 2
            )
            .unwrap();
        }
        text += "other,\"1,5\",1%,120,3,alone\n";
        text +=
            "--\nname,price,share,number,of,class\nx,\"1,5\",1%,5,1,c0\ny,\"2,5\",2%,2,1,unseen\n";
        let doubts = inspected(&text).doubts();
        let begin = [
            "1 of 2 test rows are of 1 class that no training row has: unseen.",
            "1 class with a single training row: alone.",
            "2 columns of what looks like numbers, taken for names: price (as 0,5), share (as 0%).",
            "1 column with another word in each row, which tells nothing of other rows: name.",
            "1 column that rises from row to row in whole numbers, as the number of a row does: number. If the rows are",
        ];
        for begin in begin {
            assert!(
                doubts.iter().any(|doubt| doubt.starts_with(begin)),
                "{doubts:?}"
            );
        }
    }

    #[test]
    fn columns_are_summed_up_and_those_that_leak_are_told() {
        let mut text = "n,same,gone,copy,leak,noise,class\n".to_owned();
        for row in 0..80 {
            let class = row / 2 % 2;
            let noise = row * 37 % 80;
            let leak = class * 10 + row % 3;
            let n = row * 7 % 80;
            writeln!(text, "{n},7,NA,{n},{leak},{noise},c{class}").unwrap();
        }
        text += "--\nn,same,gone,copy,leak,noise,class\n1,7,1,1,1,1,c0\n";
        let found = inspected(&text);
        let [n, same, gone, copy, leak, noise] = &found.columns[..] else {
            panic!("there are six columns");
        };
        assert_eq!((n.distinct, n.range, n.missing), (80, Some([0.0, 79.0]), 0));
        assert_eq!((same.distinct, gone.distinct, gone.missing), (1, 0, 80));
        assert_eq!(n.spread, [8; 10]);
        assert_eq!((same.spread[0], same.spread.iter().sum()), (80, 80));
        assert!(gone.spread.is_empty());
        assert_eq!(
            (copy.same_as.as_deref(), n.same_as.as_deref()),
            (Some("n"), None)
        );
        assert!(leak.tells_the_label && leak.right_alone == 1.0);
        assert!(!noise.tells_the_label && noise.right_alone < 0.9);
        assert_eq!(
            found.doubts(),
            [
                "1 column tells the class almost alone: leak (100.0 % right). Would it be known before the class is?"
            ]
        );
    }
}
