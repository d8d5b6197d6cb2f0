//! What columns are worth: differences of shares before and after a column is shuffled.

use crate::page::{Aim, Page, holds, rates};
use rand::RngExt;
use rand::seq::SliceRandom;
use statistics::mean_difference;

/// As often as reports shuffle a column.
const SHUFFLES: usize = 5;

pub(crate) fn simulate(page: &mut Page) {
    page.section(
        "Importance of columns",
        "A model says what a column says, which is the class in some share of the rows; shuffled, it is a coin.",
    );
    for rows in [20, 100, 1_000_usize] {
        for share in [0.5, 0.7, 0.95] {
            let [held] = rates(|random| {
                let column: Vec<bool> = (0..rows).map(|_| random.random()).collect();
                let class: Vec<bool> = column
                    .iter()
                    .map(|says| *says == (random.random::<f64>() < share))
                    .collect();
                let mut lost = vec![0.0; rows];
                let mut shuffled = column.clone();
                for _ in 0..SHUFFLES {
                    shuffled.shuffle(random);
                    for (row, lost) in lost.iter_mut().enumerate() {
                        let [before, after] =
                            [&column, &shuffled].map(|of| i8::from(of[row] == class[row]));
                        *lost += f64::from(before - after) / SHUFFLES as f64;
                    }
                }
                let squares = lost.iter().map(|lost| lost * lost).sum();
                let interval = mean_difference(lost.iter().sum(), squares, rows, 0.95);
                [holds(interval, share - 0.5)]
            });
            let place = format!("{rows} rows, the class in {share} of them");
            page.rate("interval of the points lost", &place, Aim::Coverage, held);
        }
    }
}
