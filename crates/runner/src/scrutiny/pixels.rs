//! Whether a single pixel tells the class, as `inspect` asks of each column of a table.

use catalog::{is_learnt_from, tells};
use data::{Dataset, stratified_subset};
use std::collections::BTreeMap;

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
    let (&place, right) = telling.iter().max_by(|a, b| a.1.total_cmp(b.1))?;
    let columns = train.samples().shown_shape().columns.max(1);
    let others = match telling.len() - 1 {
        0 => String::new(),
        1 => ", and so does another".to_owned(),
        more => format!(", and so do {more} others"),
    };
    Some(format!(
        "The pixel in row {} and column {} tells the class almost alone ({:.1} % right){others}. Would it be there before \
         the class is known?",
        place / columns,
        place % columns,
        right * 100.0
    ))
}

/// The places of pixels that tell the class, and how often one of its values does; `None` where there are too few
/// pictures, or too large ones.
fn telling(train: &Dataset) -> Option<BTreeMap<usize, f64>> {
    let features = train.samples().features();
    let rows = train.len().min(MOST).min(MOST_VALUES / features.max(1));
    if rows < FEWEST {
        return None;
    }
    let some = train.select(&stratified_subset(train, rows, 1).ok()?);
    let values = some.samples().to_f32();
    let most = some.class_counts().into_iter().max().unwrap_or(0);
    let mistakes = 1.0 - most as f64 / rows as f64;
    let mut alone = Alone::new(&some);
    let levels = |value: usize| {
        let of_value = values.iter().skip(value).step_by(features);
        of_value.map(|level| ((level * 255.0).round() as usize).min(LEVELS - 1))
    };
    let places = some.samples().shown_shape().features().max(1);
    let colours = (features / places).max(1);
    let mut telling = BTreeMap::new();
    for value in 0..features {
        let right = alone.right(levels(value));
        if mistakes > 0.0 && tells(right, mistakes) {
            let of_place: &mut f64 = telling.entry(value / colours).or_default();
            *of_place = of_place.max(right);
        }
    }
    Some(telling)
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

    /// Half of the pictures say which class each level is of, the rest tell how often that is right. A level that was
    /// not seen is not right.
    fn right(&mut self, levels: impl Iterator<Item = usize>) -> f64 {
        self.level_of.clear();
        self.level_of.extend(levels);
        let of_half = |learnt: bool| {
            let all = self.level_of.iter().zip(self.labels).enumerate();
            all.filter(move |(row, _)| is_learnt_from(*row) == learnt)
        };
        for (_, (&level, &label)) in of_half(true) {
            self.counts[level * self.classes + label] += 1;
        }
        let guess = |level: usize| {
            let counts = &self.counts[level * self.classes..][..self.classes];
            let most = counts.iter().copied().max().filter(|&most| most > 0)?;
            counts.iter().position(|&count| count == most)
        };
        let (mut right, mut tried) = (0, 0_usize);
        for (_, (&level, &label)) in of_half(false) {
            right += usize::from(guess(level) == Some(label));
            tried += 1;
        }
        let share = right as f64 / tried.max(1) as f64;
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

    const SHAPE: PictureShape = PictureShape {
        rows: 12,
        columns: 12,
    };

    /// Noise of ten classes, with `plant` of label and place.
    fn noise(
        count: usize,
        label: fn(usize) -> usize,
        values: usize,
        plant: impl Fn(usize, usize) -> Option<u8>,
    ) -> (Vec<u8>, Vec<usize>) {
        let mut state = 1_u64;
        let mut noise = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        };
        let labels: Vec<usize> = (0..count).map(label).collect();
        let pixel = |(label, place)| {
            let noise = noise();
            plant(label, place).unwrap_or(noise)
        };
        let places = labels
            .iter()
            .flat_map(|&label| (0..values).map(move |place| (label, place)));
        (places.map(pixel).collect(), labels)
    }

    fn of(samples: Samples, labels: Vec<usize>) -> Dataset {
        let names: Vec<String> = (0..10).map(|class: usize| class.to_string()).collect();
        Dataset::new(samples, labels, names.into()).unwrap()
    }

    fn pictures(
        count: usize,
        label: fn(usize) -> usize,
        plant: impl Fn(usize, usize) -> Option<u8>,
    ) -> Dataset {
        let (pixels, labels) = noise(count, label, 144, plant);
        of(Samples::from_pixels(SHAPE, pixels).unwrap(), labels)
    }

    fn any_order(row: usize) -> usize {
        row * row % 97 % 10
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
        let found = doubt(&pictures(3_000, any_order, planted)).unwrap();
        assert!(
            found.contains("row 0 and column 0") || found.contains("row 2 and column 5"),
            "{found}"
        );
        assert!(
            found.contains("(100.0 % right), and so does another."),
            "{found}"
        );
        assert_eq!(doubt(&pictures(3_000, any_order, |_, _| None)), None);
        assert_eq!(doubt(&pictures(50, any_order, planted)), None);
        assert_eq!(doubt(&pictures(500, any_order, |_, _| Some(7))), None);
    }

    #[test]
    fn the_order_of_the_classes_does_not_matter() {
        let planted = |label: usize, place: usize| (place == 5).then_some(25 * label as u8);
        let blank = |_, place| (place < 12).then_some(0);
        for turns in [|row| row % 2, |row| row % 10, |row| row / 2_000] {
            let found = doubt(&pictures(20_000, turns, planted));
            assert!(found.is_some_and(|said| said.contains("row 0 and column 5")));
            assert_eq!(doubt(&pictures(20_000, turns, blank)), None);
        }
    }

    #[test]
    fn one_class_needs_no_pixel() {
        assert_eq!(doubt(&pictures(500, |_| 3, |_, _| Some(7))), None);
    }

    /// A grey mark is in three values of one pixel.
    #[test]
    fn a_pixel_in_colour_is_one() {
        let planted = |label: usize, value: usize| (value / 3 == 13).then_some(25 * label as u8);
        let (pixels, labels) = noise(1_000, any_order, 3 * 144, planted);
        let samples = Samples::from_colour_pixels(SHAPE, pixels).unwrap();
        let found = doubt(&of(samples, labels)).unwrap();
        assert!(
            found.contains("row 1 and column 1 tells the class almost alone (100.0 % right)."),
            "{found}"
        );
    }
}
