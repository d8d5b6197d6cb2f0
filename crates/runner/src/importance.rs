//! Permutation importance: how many held-out rows a model gets wrong that it got right, once the values of a
//! column are shuffled among them (Breiman 2001; model reliance of Fisher, Rudin and Dominici 2019).

use classifier::{Cancellation, Cancelled, Classifier, generator};
use data::{Dataset, Samples};
use rand::seq::SliceRandom;
use records::Importance;
use std::ops::Range;

/// Each column is shuffled so many times.
const SHUFFLES: usize = 5;
/// The most rows that are predicted for it, of all columns and shuffles together: seconds with most models.
const MOST_ROWS: usize = 200_000;
/// With fewer rows than these for each column, nothing would be seen.
const FEWEST_ROWS: usize = 50;

/// Random stream of the shuffles; models use small numbers.
const STREAM: u64 = u64::MAX - 1;

/// A column, and where the features stand that were made of it.
pub(crate) type Source<'a> = (&'a str, Range<usize>);

/// What each column is worth to a model, on the rows that it is judged on: all, or as many as there is time for,
/// from all places of them, for they may be ordered by class. `predicted` is what it makes of the rows as they
/// are.
pub(crate) fn importance(
    classifier: &dyn Classifier,
    judged: &Dataset,
    sources: &[Source<'_>],
    predicted: &[usize],
    seed: u64,
    cancellation: &Cancellation,
) -> Result<Vec<Importance>, Cancelled> {
    let (all, width) = (judged.len(), judged.samples().features());
    let count = (MOST_ROWS / (SHUFFLES * sources.len().max(1))).min(all);
    if count < FEWEST_ROWS.min(all) {
        return Ok(Vec::new());
    }
    let chosen: Vec<usize> = (0..count).map(|i| i * all / count).collect();
    let values = judged.samples().select(&chosen).to_f32().into_owned();
    let is_right = |(row, answer): (&usize, &usize)| judged.labels()[*row] == *answer;
    let right = |answers: &[usize]| chosen.iter().zip(answers).map(is_right).collect();
    let of_chosen: Vec<usize> = chosen.iter().map(|&row| predicted[row]).collect();
    let before: Vec<bool> = right(&of_chosen);
    let mut random = generator(seed, STREAM);
    let mut of_column = |(name, features): &Source<'_>| {
        let mut lost = vec![0.0; count];
        for _ in 0..SHUFFLES {
            cancellation.check()?;
            let mut from: Vec<usize> = (0..count).collect();
            from.shuffle(&mut random);
            let mut shuffled = values.clone();
            for (row, &from) in shuffled.chunks_exact_mut(width).zip(&from) {
                let other = &values[from * width..(from + 1) * width];
                row[features.clone()].copy_from_slice(&other[features.clone()]);
            }
            let samples = Samples::from_features(width, shuffled).expect("whole rows");
            let after: Vec<bool> = right(&classifier.scores(&samples).labels());
            for ((lost, &before), after) in lost.iter_mut().zip(&before).zip(after) {
                *lost += f64::from(i8::from(before) - i8::from(after)) / SHUFFLES as f64;
            }
        }
        Ok(Importance {
            column: (*name).to_owned(),
            rows: count,
            sum: lost.iter().sum(),
            squares: lost.iter().map(|lost| lost * lost).sum(),
        })
    };
    sources.iter().map(&mut of_column).collect()
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
