//! Learning from training rows what is done to each column.

use crate::moments::{mean_and_deviation, median};
use crate::preparation::{LeftOut, Preparation, PreparedColumn, Step};
use crate::{Categories, Column, Kind, Settings, Table, TableError, Values};
use std::collections::HashSet;

impl Preparation {
    /// Learns from training rows, and from nothing else, how to make features of any rows.
    ///
    /// # Errors
    /// [`TableError::Empty`] without rows, [`TableError::NoFeatures`] if every column is left out, and
    /// as [`Settings::check`].
    pub fn learn(train: &Table, settings: &Settings) -> Result<Self, TableError> {
        settings.check(train)?;
        if train.is_empty() {
            return Err(TableError::Empty);
        }
        let columns = train.columns().iter();
        let columns: Vec<PreparedColumn> = columns.map(|column| learn(column, settings)).collect();
        let mut features: Vec<String> = Vec::new();
        let mut taken = HashSet::new();
        for feature in columns.iter().flat_map(|column| &column.features) {
            let mut name = feature.clone();
            // A category "x is missing" beside an indicator, or a column called "port = C".
            while !taken.insert(name.clone()) {
                name.push('′');
            }
            features.push(name);
        }
        if features.is_empty() {
            let reasons = columns.iter();
            let reasons: Vec<String> = reasons
                .take(10)
                .map(|column| format!("{} is {column}", column.name))
                .collect();
            return Err(TableError::NoFeatures(reasons.join("; ")));
        }
        Ok(Self { columns, features })
    }
}

fn learn(column: &Column, settings: &Settings) -> PreparedColumn {
    let missing = column.missing();
    let name = column.name();
    let unwanted = match column.kind() {
        Kind::Category => !settings.one_hot.contain(name),
        Kind::Date => !settings.dates.contain(name),
        Kind::Number | Kind::Boolean => false,
    };
    let step = if unwanted {
        Step::LeftOut(LeftOut::Settings)
    } else if missing == column.len() {
        Step::LeftOut(LeftOut::Missing)
    } else {
        match column.values() {
            Values::Categories(categories) => of_categories(name, categories, missing, settings),
            _ => of_numbers(column, missing, settings),
        }
    };
    PreparedColumn {
        features: features(name, &step),
        name: name.to_owned(),
        kind: column.kind(),
        missing,
        step,
    }
}

fn of_numbers(column: &Column, missing: usize, settings: &Settings) -> Step {
    let name = column.name();
    let number = column.as_number().expect("it is not of categories");
    let mut values: Vec<f64> = (0..column.len()).map(number).collect();
    let present: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    let constant = present.iter().all(|value| *value == present[0]);
    let value = !(constant && settings.drop_constant.contain(name));
    let indicator = missing > 0 && settings.indicate_missing.contain(name);
    if !value && !indicator {
        return Step::LeftOut(LeftOut::Constant);
    }
    let is_truth = column.kind() == Kind::Boolean;
    let fill = settings.fill_missing.contain(name).then(|| {
        let middle = median(present.clone()).expect("not all are missing");
        // Of two as frequent truth values, false.
        if is_truth { middle.floor() } else { middle }
    });
    let mut scale = [0.0, 1.0];
    if settings.standardise.contain(name) && value {
        values.retain_mut(|value| {
            if let (true, Some(fill)) = (value.is_nan(), fill) {
                *value = fill;
            }
            !value.is_nan()
        });
        let [mean, deviation] = mean_and_deviation(&values);
        // The deviation of a constant, and of numbers that differ in their last bit, can be 0.
        scale = [mean, if deviation > 0.0 { deviation } else { 1.0 }];
    }
    let [mean, deviation] = scale;
    Step::Number {
        fill,
        mean,
        deviation,
        value,
        indicator,
    }
}

fn of_categories(name: &str, values: &Categories, missing: usize, settings: &Settings) -> Step {
    let mut counts = vec![0_usize; values.names().len()];
    for code in values.codes().flatten() {
        counts[code] += 1;
    }
    let mut occurring: Vec<usize> = (0..counts.len()).filter(|&code| counts[code] > 0).collect();
    // Names decide among equals, for codes may depend on rows that are not learnt from.
    occurring.sort_by_key(|&code| (std::cmp::Reverse(counts[code]), &values.names()[code]));
    let frequent = occurring.iter();
    let frequent = frequent.take_while(|&&code| counts[code] >= settings.rare_below);
    let frequent = frequent.take(settings.most_categories).count();
    let missing = missing > 0 && settings.missing_category.contain(name);
    let pooled = occurring.len() - frequent;
    if settings.drop_constant.contain(name) && !missing && frequent + pooled.min(1) == 1 {
        // With missing rows that are no category, one feature of 1 and 0 would still tell them apart.
        let all_alike = values.codes().all(|code| code.is_some());
        if all_alike {
            let why = if pooled > 1 {
                LeftOut::Rare
            } else {
                LeftOut::Constant
            };
            return Step::LeftOut(why);
        }
    }
    let mut categories: Vec<String> = occurring[..frequent]
        .iter()
        .map(|&code| values.names()[code].clone())
        .collect();
    categories.sort_unstable();
    Step::OneHot {
        categories,
        pooled,
        missing,
    }
}

fn features(name: &str, step: &Step) -> Vec<String> {
    let of_missing = format!("{name} is missing");
    let mut features = Vec::new();
    match step {
        Step::LeftOut(_) => (),
        Step::Number {
            value, indicator, ..
        } => {
            features.extend(value.then(|| name.to_owned()));
            features.extend(indicator.then_some(of_missing));
        }
        Step::OneHot {
            categories,
            pooled,
            missing,
        } => {
            features.extend(
                categories
                    .iter()
                    .map(|category| format!("{name} = {category}")),
            );
            features.extend((*pooled > 0).then(|| format!("{name} is rare")));
            features.extend(missing.then_some(of_missing));
        }
    }
    features
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Columns, LeftOut};
    use data::Targets;
    use proptest::prelude::*;
    use std::sync::Arc;

    const NAN: f64 = f64::NAN;

    fn names(names: &[&str]) -> Arc<[String]> {
        names.iter().map(ToString::to_string).collect()
    }

    fn table(columns: Vec<Column>) -> Table {
        let labels = (0..columns[0].len()).map(|row| row % 2).collect();
        let targets = Targets::new(labels, names(&["no", "yes"])).unwrap();
        Table::new(columns, targets).unwrap()
    }

    fn ports(codes: &[Option<u32>]) -> Column {
        Column::categories("port", codes.iter().copied(), names(&["S", "C", "Q"])).unwrap()
    }

    fn frequent(rare_below: usize) -> Settings {
        Settings {
            rare_below,
            ..Settings::default()
        }
    }

    fn applied(table: &Table, settings: &Settings) -> (Vec<String>, Vec<f32>) {
        let preparation = Preparation::learn(table, settings).unwrap();
        assert_eq!(preparation.check(), Ok(()));
        let samples = preparation.apply(table).unwrap();
        assert_eq!(samples.names().unwrap()[..], *preparation.features());
        (preparation.features.clone(), samples.to_f32().into_owned())
    }

    #[test]
    fn what_no_rows_can_teach_is_refused() {
        let columns = vec![
            Column::numbers("age", vec![1.0, NAN, 3.0]).unwrap(),
            ports(&[Some(0), Some(1), Some(0)]),
        ];
        let learnt = Preparation::learn(&table(columns), &frequent(1)).unwrap();
        let changed = |change: fn(&mut Preparation)| {
            let mut preparation = learnt.clone();
            change(&mut preparation);
            preparation.check().unwrap_err()
        };
        let other = "the features are not those of the columns";
        assert_eq!(changed(|it| it.features.truncate(1)), other);
        assert_eq!(changed(|it| it.columns.truncate(1)), other);
        let wrong = "column port cannot be prepared so";
        assert_eq!(
            changed(|it| it.columns[1].kind = crate::Kind::Number),
            wrong
        );
        let more = |it: &mut Preparation| {
            it.columns[1].features.push("more".to_owned());
            it.features.push("more".to_owned());
        };
        assert_eq!(changed(more), wrong);
        let infinite = changed(|it| {
            if let Step::Number { mean, .. } = &mut it.columns[0].step {
                *mean = f64::INFINITY;
            }
        });
        assert_eq!(infinite, "column age cannot be prepared so");
    }

    #[test]
    fn numbers_are_filled_marked_and_standardised() {
        let column = Column::numbers("age", vec![1.0, NAN, 3.0, 2.0]).unwrap();
        let (features, values) = applied(&table(vec![column]), &Settings::default());
        assert_eq!(features, ["age", "age is missing"]);
        let deviation = 0.5_f32.sqrt();
        let age = [-1.0, 0.0, 1.0, 0.0].map(|x| x / deviation);
        let expected: Vec<f32> = age
            .iter()
            .zip([0.0, 1.0, 0.0, 0.0])
            .flat_map(|(a, m)| [*a, m])
            .collect();
        assert_eq!(values, expected);
    }

    #[test]
    fn categories_that_are_rare_share_a_feature_with_the_unseen() {
        let train = table(vec![ports(&[Some(0), Some(0), Some(1), None])]);
        let preparation = Preparation::learn(&train, &frequent(2)).unwrap();
        let features = ["port = S", "port is rare", "port is missing"];
        assert_eq!(preparation.features(), features);
        let other = table(vec![ports(&[Some(0), Some(2), None])]);
        let expected = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
        assert_eq!(preparation.apply(&other).unwrap().to_f32()[..], expected);
        let limited = Settings {
            most_categories: 1,
            ..frequent(1)
        };
        let (features, _) = applied(&train, &limited);
        assert_eq!(features, ["port = S", "port is rare", "port is missing"]);
    }

    #[test]
    fn columns_that_tell_nothing_are_left_out_with_the_reason() {
        let columns = vec![
            Column::numbers("same", vec![7.0; 6]).unwrap(),
            Column::numbers("none", vec![NAN; 6]).unwrap(),
            Column::categories(
                "name",
                (0..6).map(Some),
                names(&["a", "b", "c", "d", "e", "f"]),
            )
            .unwrap(),
            Column::categories("one", [Some(0); 6], names(&["only"])).unwrap(),
            Column::numbers("sometimes", vec![7.0, NAN, 7.0, 7.0, 7.0, 7.0]).unwrap(),
        ];
        let preparation = Preparation::learn(&table(columns), &Settings::default()).unwrap();
        let steps = preparation.columns().iter().map(|column| &column.step);
        let expected = [
            LeftOut::Constant,
            LeftOut::Missing,
            LeftOut::Rare,
            LeftOut::Constant,
        ];
        let expected: Vec<Step> = expected.map(Step::LeftOut).into();
        assert!(steps.take(4).eq(expected.iter()));
        assert_eq!(preparation.features(), ["sometimes is missing"]);
        let nothing = table(vec![Column::numbers("same", vec![7.0; 6]).unwrap()]);
        let error = Preparation::learn(&nothing, &Settings::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no column is left to learn from: same is left out: the same in all rows"
        );
    }

    #[test]
    fn each_part_can_be_turned_off() {
        let columns = vec![
            Column::numbers("age", vec![1.0, NAN, 3.0, 2.0]).unwrap(),
            Column::booleans("adult", vec![Some(true), None, Some(true), Some(false)]),
            Column::dates("born", vec![0.0, 1.0, 2.0, 4.5]).unwrap(),
            ports(&[Some(0), Some(0), Some(1), None]),
        ];
        let none = || Columns::All(false);
        let settings = Settings {
            fill_missing: Columns::Named(vec!["adult".to_owned()]),
            indicate_missing: none(),
            missing_category: none(),
            standardise: none(),
            rare_below: 1,
            ..Settings::default()
        };
        let (features, values) = applied(&table(columns.clone()), &settings);
        assert_eq!(features, ["age", "adult", "born", "port = C", "port = S"]);
        assert_eq!(values[..5], [1.0, 1.0, 0.0, 0.0, 1.0]);
        assert!(values[5].is_nan());
        assert_eq!(values[6..10], [1.0, 1.0, 0.0, 1.0]);
        assert_eq!(values[15..], [2.0, 0.0, 4.5, 0.0, 0.0]);
        let preparation = Preparation::learn(&table(columns.clone()), &settings).unwrap();
        let unfilled = preparation.check_filled(&columns).unwrap_err();
        assert!(
            unfilled
                .to_string()
                .starts_with("numbers are missing in age (1 row), `fill_missing` of")
        );
        assert!(preparation.check_filled(&columns[1..]).is_ok());
        let settings = Settings {
            one_hot: none(),
            dates: none(),
            ..Settings::default()
        };
        let preparation = Preparation::learn(&table(columns), &settings).unwrap();
        let left_out = Step::LeftOut(LeftOut::Settings);
        assert!(
            preparation.columns()[2..]
                .iter()
                .all(|column| column.step == left_out)
        );
    }

    #[test]
    fn settings_that_name_no_column_are_refused() {
        let settings = Settings {
            standardise: Columns::Named(vec!["agge".to_owned()]),
            ..Settings::default()
        };
        let column = Column::numbers("age", vec![1.0, 2.0]).unwrap();
        let error = Preparation::learn(&table(vec![column]), &settings).unwrap_err();
        assert_eq!(
            error.to_string(),
            "standardise: no column is called agge; there are age"
        );
    }

    #[test]
    fn a_table_with_other_columns_is_refused() {
        let train = table(vec![Column::numbers("age", vec![1.0, 2.0]).unwrap()]);
        let preparation = Preparation::learn(&train, &Settings::default()).unwrap();
        let other = table(vec![Column::booleans("age", vec![Some(true), None])]);
        let error = preparation.apply(&other).unwrap_err().to_string();
        assert_eq!(
            error,
            "column age holds truth values, and held numbers in the training rows"
        );
    }

    #[test]
    fn the_largest_numbers_stay_finite() {
        let column = Column::numbers("n", vec![f64::MAX, -f64::MAX, 0.0, 1.0]).unwrap();
        let train = table(vec![column]);
        for standardise in [true, false] {
            let settings = Settings {
                standardise: Columns::All(standardise),
                ..Settings::default()
            };
            let (_, values) = applied(&train, &settings);
            assert!(values.iter().all(|value| value.is_finite()), "{values:?}");
        }
    }

    #[test]
    fn what_was_learnt_survives_json() {
        let columns = vec![
            Column::numbers("age", vec![0.1, NAN, 1.0 / 3.0, 2.0]).unwrap(),
            ports(&[Some(0), Some(0), Some(1), None]),
        ];
        let preparation = Preparation::learn(&table(columns), &frequent(1)).unwrap();
        let json = serde_json::to_string(&preparation).unwrap();
        assert_eq!(
            serde_json::from_str::<Preparation>(&json).unwrap(),
            preparation
        );
        assert!(
            json.contains(r#""step":{"one_hot":{"categories":["C","S"]"#),
            "{json}"
        );
    }

    /// Two columns that leak, as they are made by those who prepare before they divide: the mean label
    /// of a row's category, and a number scaled, both over all rows.
    fn leaking(train: usize, table: &Table) -> Vec<f64> {
        let labels = table.targets().labels();
        let Some(Values::Categories(ports)) = table.column("port").map(Column::values) else {
            unreachable!("there is such a column");
        };
        let codes: Vec<Option<usize>> = ports.codes().collect();
        let age = table.column("age").unwrap().as_number().unwrap();
        let ages: Vec<f64> = (0..table.len()).map(&age).collect();
        let [mean, deviation] = mean_and_deviation(&ages);
        let leaks = (0..train).flat_map(|row| {
            let same = (0..table.len()).filter(|&other| codes[other] == codes[row]);
            let of_same: Vec<f64> = same.map(|other| labels[other] as f64).collect();
            let mean_label = of_same.iter().sum::<f64>() / of_same.len() as f64;
            [mean_label, (ages[row] - mean) / deviation]
        });
        leaks.collect()
    }

    proptest! {
        #[test]
        fn other_rows_move_nothing_that_is_learnt(
            others in proptest::collection::vec((-1e6_f64..1e6, 0_u32..3, 0_usize..2), 1..20),
        ) {
            let train_rows = 12;
            let build = |others: &[(f64, u32, usize)]| {
                let train = (0..train_rows).map(|i| ((i * i) as f64, (i % 2) as u32, i % 2));
                let rows: Vec<_> = train.chain(others.iter().copied()).collect();
                let ages = rows.iter().map(|row| row.0).collect();
                let codes: Vec<_> = rows.iter().map(|row| Some(row.1)).collect();
                let columns = vec![Column::numbers("age", ages).unwrap(), ports(&codes)];
                let labels = rows.iter().map(|row| row.2).collect();
                let targets = Targets::new(labels, names(&["no", "yes"])).unwrap();
                Table::new(columns, targets).unwrap()
            };
            let train: Vec<usize> = (0..train_rows).collect();
            let learnt = |table: &Table| {
                let inside = table.select(&train);
                let preparation = Preparation::learn(&inside, &frequent(1)).unwrap();
                let samples = preparation.apply(&inside).unwrap();
                (preparation, samples)
            };
            let [plain, changed] = [build(&[]), build(&others)];
            prop_assert_eq!(learnt(&plain), learnt(&changed));
            // The leak is there to be seen: the same rows get other numbers.
            prop_assert_ne!(leaking(train_rows, &plain), leaking(train_rows, &changed));
        }
    }
}
