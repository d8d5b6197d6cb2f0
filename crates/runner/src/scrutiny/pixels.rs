//! Whether a single pixel tells the class, as `inspect` asks of each column of a table.

use data::Dataset;

/// A pixel that is right more often than this on pictures that it was not learnt from tells the class.
const TELLS: f64 = 0.99;
/// The most pictures that are looked at, half of them to learn from.
const MOST: usize = 2_000;
/// The fewest that say anything.
const FEWEST: usize = 100;
/// The most values that are looked at: a second.
const MOST_VALUES: usize = 1 << 26;
/// Grey levels.
const LEVELS: usize = 256;

/// The pixels of training pictures that tell the class almost alone, in a sentence for the head of a report.
pub(super) fn doubt(train: &Dataset) -> Option<String> {
    let telling = telling(train)?;
    let &(pixel, right) = telling.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let samples = train.samples();
    let shape = samples.shown_shape();
    let area = (samples.features() / shape.features().max(1)).max(1);
    let place = pixel / area;
    let others = match telling.len() - 1 {
        0 => String::new(),
        1 => ", and so does another".to_owned(),
        more => format!(", and so do {more} others"),
    };
    Some(format!(
        "The pixel in row {} and column {} tells the class almost alone ({:.1} % right){others}. Would it be there before \
         the class is known?",
        place / shape.columns.max(1),
        place % shape.columns.max(1),
        right * 100.0
    ))
}

/// Values of pictures that tell the class, and how often; `None` where there are too few pictures, or too large ones.
fn telling(train: &Dataset) -> Option<Vec<(usize, f64)>> {
    let features = train.samples().features();
    let rows = train.len().min(MOST).min(MOST_VALUES / features.max(1));
    if rows < FEWEST {
        return None;
    }
    let chosen: Vec<usize> = (0..rows).map(|row| row * train.len() / rows).collect();
    let some = train.select(&chosen);
    let values = some.samples().to_f32();
    let most = some.class_counts().into_iter().max().unwrap_or(0);
    let mistakes = 1.0 - most as f64 / rows as f64;
    let mut alone = Alone::new(&some);
    let levels = |pixel: usize| {
        let of_pixel = values.iter().skip(pixel).step_by(features);
        of_pixel.map(|value| ((value * 255.0).round() as usize).min(LEVELS - 1))
    };
    let right = (0..features).map(|pixel| (pixel, alone.right(levels(pixel))));
    let tells = |right: f64| right > TELLS && 1.0 - right <= mistakes / 10.0;
    Some(right.filter(|of| tells(of.1)).collect())
}

/// How often each value of one pixel was of each class.
struct Alone<'a> {
    labels: &'a [usize],
    classes: usize,
    counts: Vec<u32>,
    level_of: Vec<usize>,
}

impl<'a> Alone<'a> {
    fn new(data: &'a Dataset) -> Self {
        Self {
            labels: data.labels(),
            classes: data.classes(),
            counts: vec![0; LEVELS * data.classes()],
            level_of: Vec::with_capacity(data.len()),
        }
    }

    /// Every other picture says which class each level is of, the rest tell how often that is right. A level that was
    /// not seen is not right.
    fn right(&mut self, levels: impl Iterator<Item = usize>) -> f64 {
        self.level_of.clear();
        self.level_of.extend(levels);
        let all = || self.level_of.iter().zip(self.labels);
        for (&level, &label) in all().step_by(2) {
            self.counts[level * self.classes + label] += 1;
        }
        let guess = |level: usize| {
            let counts = &self.counts[level * self.classes..][..self.classes];
            let most = counts.iter().copied().max().filter(|&most| most > 0)?;
            counts.iter().position(|&count| count == most)
        };
        let tried = all().skip(1).step_by(2);
        let right = tried.filter(|(level, label)| guess(**level) == Some(**label));
        let share = right.count() as f64 / (self.labels.len() / 2).max(1) as f64;
        for &level in &self.level_of {
            self.counts[level * self.classes..][..self.classes].fill(0);
        }
        share
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data::{PictureShape, Samples};

    /// Noise of ten classes, 12 by 12, with `plant` of label and place.
    fn pictures(count: usize, plant: impl Fn(usize, usize) -> Option<u8>) -> Dataset {
        let label = |row: usize| row * row % 97 % 10;
        let mut state = 1_u64;
        let mut noise = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        };
        let mut pixels = Vec::new();
        for row in 0..count {
            for place in 0..144 {
                let noise = noise();
                pixels.push(plant(label(row), place).unwrap_or(noise));
            }
        }
        let samples = Samples::from_pixels(
            PictureShape {
                rows: 12,
                columns: 12,
            },
            pixels,
        )
        .unwrap();
        let names = (0..10)
            .map(|class: usize| class.to_string())
            .collect::<Vec<String>>();
        Dataset::new(samples, (0..count).map(label).collect(), names.into()).unwrap()
    }

    #[test]
    fn a_label_in_a_pixel_is_told() {
        let planted = |label: usize, place: usize| match place {
            0 => Some(25 * label as u8),
            29 => Some(255 - 25 * label as u8),
            // Two groups of classes are not all of them.
            65 => Some(if label < 5 { 0 } else { 255 }),
            _ => None,
        };
        let found = doubt(&pictures(3_000, planted)).unwrap();
        assert!(
            found.contains("row 0 and column 0") || found.contains("row 2 and column 5"),
            "{found}"
        );
        assert!(
            found.contains("(100.0 % right), and so does another."),
            "{found}"
        );
        assert_eq!(doubt(&pictures(3_000, |_, _| None)), None);
        assert_eq!(doubt(&pictures(50, planted)), None);
        // A blank picture has no telling pixel, and one class needs none.
        assert_eq!(doubt(&pictures(500, |_, _| Some(7))), None);
    }
}
