//! The models of a comparison while it goes on: those with a fit so far, the best first, for a terminal.

use crate::figures::Looks;
use crate::in_text::{Painter, painted};
use crate::numbers::Amount;
use crate::plain::harmless;
use crate::text_table::{TextColumn, TextTable};
use statistics::mean;

/// Lines of a table that are no rows: its head, its borders, and what is said below it.
const FRAME: usize = 5;

/// The models that were judged so far.
#[derive(Default)]
pub struct LiveTable {
    models: Vec<Judged>,
}

struct Judged {
    id: String,
    shares: Vec<f64>,
    fit_seconds: Vec<f64>,
}

impl Judged {
    fn right(&self) -> f64 {
        mean(self.shares.iter().copied())
    }
}

impl LiveTable {
    /// One more fit of a model: the share of the judged samples that it gets right, between 0 and 1, and the
    /// seconds that it took, where they are known.
    pub fn add(&mut self, id: &str, share_right: f64, fit_seconds: Option<f64>) {
        let place = self.models.iter().position(|model| model.id == id);
        let place = place.unwrap_or_else(|| {
            self.models.push(Judged {
                id: id.to_owned(),
                shares: Vec::new(),
                fit_seconds: Vec::new(),
            });
            self.models.len() - 1
        });
        self.models[place].shares.push(share_right);
        self.models[place].fit_seconds.extend(fit_seconds);
    }

    /// The table in at most `width` characters a line and, where there is room for one model, `height` lines;
    /// nothing before the first fit. Of several fits of a model it shows the means.
    pub fn to_text(&self, width: usize, height: usize, paint: Painter<'_>) -> String {
        if self.models.is_empty() {
            return String::new();
        }
        let mut order: Vec<&Judged> = self.models.iter().collect();
        // Of equals, the first in the plan.
        order.sort_by(|a, b| b.right().total_cmp(&a.right()));
        let shown = order.len().min(height.saturating_sub(FRAME).max(1));
        let looks = Looks::new(self.models.iter().map(|model| model.id.as_str()));
        let several = self.models.iter().any(|model| model.shares.len() > 1);
        let mut table = TextTable::new(vec![
            TextColumn::name("model", 0),
            TextColumn::number("right, %", 0),
            TextColumn::number("fit", 1),
            TextColumn::number(if several { "fits" } else { "" }, 2),
        ]);
        for model in &order[..shown] {
            let fits = model.shares.len().to_string();
            let seconds =
                (!model.fit_seconds.is_empty()).then(|| mean(model.fit_seconds.iter().copied()));
            table.add_row([
                format!("{} {}", looks.of(&model.id).character(), model.id),
                format!("{:.2}", model.right() * 100.0),
                seconds.map_or_else(|| "–".to_owned(), |of| Amount::seconds(of).in_column()),
                if several { fits } else { String::new() },
            ]);
        }
        let text = table.without_empty().to_text(Some(width));
        let text = painted(&harmless(&text), &looks, paint);
        match order.len() - shown {
            0 => text,
            more => format!("{text}\n{more} more below"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(_: u8, text: &str) -> String {
        text.to_owned()
    }

    /// The first word of every row after its marker.
    fn order(text: &str) -> Vec<&str> {
        let rows = text.lines().skip(3).filter(|line| line.starts_with('│'));
        rows.filter_map(|row| row.split_whitespace().nth(2))
            .collect()
    }

    #[test]
    fn the_best_so_far_is_first_whenever_it_finishes() {
        let mut table = LiveTable::default();
        assert_eq!(table.to_text(80, 24, &plain), "");
        table.add("softmax", 0.9224, Some(0.18));
        assert_eq!(order(&table.to_text(80, 24, &plain)), ["softmax"]);
        table.add("kernel-svm", 0.9853, Some(1.88));
        table.add("nearest-centroid", 0.8203, None);
        let text = table.to_text(80, 24, &plain);
        let sorted = ["kernel-svm", "softmax", "nearest-centroid"];
        assert_eq!(order(&text), sorted, "{text}");
        assert!(text.contains("98.53") && !text.contains("fits"), "{text}");
    }

    #[test]
    fn of_folds_it_shows_the_mean() {
        let mut table = LiveTable::default();
        table.add("softmax", 0.5, Some(1.0));
        table.add("softmax", 0.75, Some(2.0));
        let text = table.to_text(80, 24, &plain);
        let row = text.lines().nth(3).unwrap();
        for cell in ["62.50", "1.50  s", " 2 "] {
            assert!(row.contains(cell), "{cell}: {text}");
        }
    }

    #[test]
    fn it_fits_a_small_terminal() {
        let mut table = LiveTable::default();
        for i in 0..20 {
            table.add(
                &format!("a-network-of-{i}-layers"),
                f64::from(i) / 20.0,
                None,
            );
        }
        let text = table.to_text(40, 12, &plain);
        assert!(text.lines().count() <= 12, "{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= 40),
            "{text}"
        );
        assert!(text.contains("a-network-of-19-layers") && text.contains("13 more below"));
        assert!(
            table
                .to_text(10, 1, &plain)
                .contains("a-network-of-19-layers")
        );
    }
}
