//! Permutation importance: how many held-out rows a model gets wrong that it got right, once the values of a
//! column are shuffled among them (Breiman 2001; model reliance of Fisher, Rudin and Dominici 2019).

use classifier::{Cancellation, Cancelled, Classifier, generator};
use data::{Dataset, Samples};
use rand::seq::SliceRandom;
use records::Importance;
use std::ops::Range;

/// Each column is shuffled so many times.
const SHUFFLES: usize = 5;
/// The most rows that one of our models predicts for it, of all columns and shuffles together: seconds with most.
const MOST_ROWS: usize = 200_000;
/// The most rows that a program of the user's is given for it: in Python, seconds.
pub(crate) const MOST_ROWS_OF_PROGRAMS: usize = 20_000;
/// With fewer rows than these for each column, nothing would be seen.
const FEWEST_ROWS: usize = 50;

/// Random stream of the shuffles; models use small numbers.
const STREAM: u64 = u64::MAX - 1;

/// A column, and where the features stand that were made of it.
pub(crate) type Source<'a> = (&'a str, Range<usize>);

/// What each column is worth to a model, on the rows that it is judged on. `predicted` is what it makes of the
/// rows as they are.
pub(crate) fn importance(
    classifier: &dyn Classifier,
    judged: &Dataset,
    sources: &[Source<'_>],
    predicted: &[usize],
    seed: u64,
    cancellation: &Cancellation,
) -> Result<Vec<Importance>, Cancelled> {
    let shuffled = Shuffled::new(judged.samples(), sources, MOST_ROWS, seed);
    let answer = |copy: Samples| {
        cancellation.check()?;
        Ok(classifier.scores(&copy).labels())
    };
    let answers: Vec<usize> = shuffled
        .copies()
        .map(answer)
        .collect::<Result<Vec<_>, _>>()?
        .concat();
    Ok(shuffled.worth(judged.labels(), predicted, &answers))
}

/// Rows of which one column at a time is shuffled: all that are judged, or as many as there is time for, from all
/// places of them, for they may be ordered by class.
pub(crate) struct Shuffled<'a> {
    sources: &'a [Source<'a>],
    /// Which of the judged rows they are.
    chosen: Vec<usize>,
    /// Their features, shape (chosen, features).
    values: Vec<f32>,
    features: usize,
    seed: u64,
}

impl<'a> Shuffled<'a> {
    /// Copies of at most so many rows in all; of none, if nothing would be seen with so few.
    pub(crate) fn new(judged: &Samples, sources: &'a [Source<'a>], most: usize, seed: u64) -> Self {
        let all = judged.len();
        let fitting = most / (SHUFFLES * sources.len().max(1));
        let enough = !sources.is_empty() && fitting >= FEWEST_ROWS.min(all);
        let count = if enough { fitting.min(all) } else { 0 };
        let chosen: Vec<usize> = (0..count).map(|i| i * all / count).collect();
        Self {
            sources,
            values: judged.select(&chosen).to_f32().into_owned(),
            chosen,
            features: judged.features(),
            seed,
        }
    }

    /// The rows with the first column shuffled, several times, then with the second, and so on.
    pub(crate) fn copies(&self) -> impl Iterator<Item = Samples> {
        let shuffles = if self.chosen.is_empty() { 0 } else { SHUFFLES };
        let mut random = generator(self.seed, STREAM);
        let columns = self
            .sources
            .iter()
            .flat_map(move |(_, column)| std::iter::repeat_n(column, shuffles));
        columns.map(move |column| {
            let mut from: Vec<usize> = (0..self.chosen.len()).collect();
            from.shuffle(&mut random);
            self.with_column_of(column, &from)
        })
    }

    fn with_column_of(&self, column: &Range<usize>, from: &[usize]) -> Samples {
        let mut values = self.values.clone();
        for (row, &from) in values.chunks_exact_mut(self.features).zip(from) {
            let other = &self.values[from * self.features..(from + 1) * self.features];
            row[column.clone()].copy_from_slice(&other[column.clone()]);
        }
        Samples::from_features(self.features, values).expect("whole rows")
    }

    /// What each column is worth, from the answers to all judged rows and to all copies, one after another.
    pub(crate) fn worth(
        &self,
        truth: &[usize],
        predicted: &[usize],
        answers: &[usize],
    ) -> Vec<Importance> {
        let count = self.chosen.len();
        if count == 0 {
            return Vec::new();
        }
        let of_column = |((name, _), answers): (&Source<'_>, &[usize])| {
            let lost = self.chosen.iter().enumerate().map(|(i, &row)| {
                let is_right = |answer: usize| f64::from(u8::from(answer == truth[row]));
                let after: f64 = answers[i..]
                    .iter()
                    .step_by(count)
                    .map(|&of| is_right(of))
                    .sum();
                is_right(predicted[row]) - after / SHUFFLES as f64
            });
            let (sum, squares) = lost.fold((0.0, 0.0), |(sum, squares), lost| {
                (sum + lost, squares + lost * lost)
            });
            Importance {
                column: (*name).to_owned(),
                rows: count,
                sum,
                squares,
            }
        };
        self.sources
            .iter()
            .zip(answers.chunks_exact(SHUFFLES * count))
            .map(of_column)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier::Scores;

    /// Looks at its second feature alone.
    struct Second;

    impl Classifier for Second {
        fn scores(&self, samples: &Samples) -> Scores {
            let values = samples.to_f32();
            let rows = values.chunks_exact(samples.features());
            Scores::new(rows.flat_map(|row| [0.0, row[1]]).collect(), 2)
        }

        fn parameter_count(&self) -> usize {
            0
        }
    }

    fn of_rows(rows: usize) -> Vec<Importance> {
        // The second column, of two features, tells the class; the first and the third are the row's number. The
        // rows are ordered by class.
        let class = |i: usize| usize::from(i >= rows / 2);
        let row = |i: usize| [i as f32, class(i) as f32 * 2.0 - 1.0, 0.0, i as f32];
        let samples = Samples::from_features(4, (0..rows).flat_map(row).collect()).unwrap();
        let labels = (0..rows).map(class).collect();
        let names = ["a", "b"].map(str::to_owned);
        let data = Dataset::new(samples, labels, names.into()).unwrap();
        let sources = [("first", 0..1), ("second", 1..3), ("third", 3..4)];
        let cancellation = Cancellation::default();
        let right = data.labels().to_vec();
        importance(&Second, &data, &sources, &right, 1, &cancellation).unwrap()
    }

    #[test]
    fn what_a_model_does_not_look_at_is_worth_nothing() {
        let found = of_rows(1_000);
        let names: Vec<&str> = found.iter().map(|of| of.column.as_str()).collect();
        assert_eq!(names, ["first", "second", "third"]);
        for of in [&found[0], &found[2]] {
            assert_eq!((of.rows, of.sum, of.squares), (1_000, 0.0, 0.0));
        }
        // Shuffled, the column is as good as a coin.
        assert!(
            (found[1].sum / 1_000.0 - 0.5).abs() < 0.03,
            "{:?}",
            found[1]
        );
        assert_eq!(found, of_rows(1_000), "the same seed");
    }

    /// Ordered by class, the first 13 333 rows would be of one class, and no shuffle would harm.
    #[test]
    fn of_many_rows_some_from_all_places_are_shuffled() {
        let found = of_rows(40_000);
        assert_eq!(found[0].rows, MOST_ROWS / (3 * SHUFFLES));
        let share = found[1].sum / found[1].rows as f64;
        assert!((share - 0.5).abs() < 0.02, "{share}");
    }
}
