//! What in a sample spoke for a class, and what against it.

use crate::model::Kept;
use data::{PictureShape, Samples};
use serde::Serialize;
use std::ops::Range;

/// Blocks that cover a side of a picture, side by side; between each two lies another one.
const BLOCKS: usize = 7;

/// Changed samples that a model is asked about at a time.
const AT_A_TIME: usize = 64;

/// What each part of a sample adds to the score of a class, above the mean score of all classes.
///
/// A part is a pixel of a picture, with all of its colours, a column of a table, or a feature. Positive parts speak for the class,
/// negative ones against it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The class.
    pub class: usize,
    /// How the parts were found.
    pub method: Method,
    /// One value for each part.
    pub values: Vec<f32>,
}

/// How the parts of an explanation were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Weight × input, exact: all parts and a constant sum to the score.
    Weights,
    /// The score that is lost where a part is set to 0: black, or the mean of a number that was standardised, or no
    /// category (Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks"). Parts of
    /// pictures are blocks of a seventh of each side, every half of one; what a block loses is shared by its
    /// pixels that are not 0.
    Occlusion,
}

impl Method {
    /// What the values are, as one sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Weights => {
                "Weight × input: what each part adds to the score of the answer, above the mean of all classes."
            }
            Self::Occlusion => {
                "Occlusion: what the score of the answer, above the mean of all classes, loses without each part."
            }
        }
    }
}

impl Kept {
    /// The names of the parts of a row; `None` for pictures, whose parts are pixels.
    pub fn parts(&self) -> Option<Vec<String>> {
        if self.about.pictures().is_some() {
            return None;
        }
        let columns = self.columns().into_iter();
        Some(columns.map(|(name, _)| name).collect())
    }

    /// Why a model answers `class` to a sample that was checked.
    ///
    /// # Panics
    /// If there is no such sample or class.
    pub fn explain(&self, samples: &Samples, index: usize, class: usize) -> Explanation {
        let sample = samples.slice(index..index + 1);
        let (method, features) = match self.model.linear_weights() {
            Some(linear) => {
                let classes = self.about.classes.len();
                let weights = linear.weights.chunks_exact(classes);
                let inputs = sample.to_f32();
                let products = weights.zip(inputs.iter());
                let added = products.map(|(row, &x)| finite(above_mean(row, class) * f64::from(x)));
                (Method::Weights, added.collect())
            }
            None => (Method::Occlusion, self.occluded(&sample, class)),
        };
        let values: Vec<f64> = match self.about.pictures() {
            Some((_, values)) => {
                let pixels = features.chunks_exact(values);
                pixels.map(|pixel| pixel.iter().sum()).collect()
            }
            None => {
                let columns = self.columns().into_iter();
                let sum = |range: Range<usize>| features[range].iter().sum();
                columns.map(|(_, range)| sum(range)).collect()
            }
        };
        Explanation {
            class,
            method,
            values: values.into_iter().map(|value| value as f32).collect(),
        }
    }

    /// Each column with the features that were made of it; columns that were left out are none.
    fn columns(&self) -> Vec<(String, Range<usize>)> {
        if let Some(preparation) = &self.about.preparation {
            let sources = preparation.sources().into_iter();
            return sources
                .map(|(name, range)| (name.to_owned(), range))
                .collect();
        }
        let name = |i: usize| match &self.about.feature_names {
            Some(names) => names[i].clone(),
            None => format!("feature {}", i + 1),
        };
        let features = 0..self.about.features;
        features.map(|i| (name(i), i..i + 1)).collect()
    }

    /// What the score of a class loses without each feature.
    fn occluded(&self, sample: &Samples, class: usize) -> Vec<f64> {
        let inputs = sample.to_f32();
        let blocks: Vec<Vec<usize>> = match self.about.pictures() {
            Some((shape, values)) => {
                let blocks = blocks(shape).into_iter();
                let of_pixel = |pixel| values * pixel..values * (pixel + 1);
                blocks
                    .map(|block| block.into_iter().flat_map(of_pixel).collect())
                    .collect()
            }
            None => {
                let columns = self.columns().into_iter();
                columns.map(|(_, range)| range.collect()).collect()
            }
        };
        // What is 0 already loses nothing.
        let lit = |block: Vec<usize>| -> Vec<usize> {
            let block = block.into_iter();
            block.filter(|&i| inputs[i] != 0.0).collect()
        };
        let blocks: Vec<Vec<usize>> = blocks.into_iter().map(lit).collect();
        let blocks: Vec<&Vec<usize>> = blocks.iter().filter(|block| !block.is_empty()).collect();
        let whole = self.scores_above_mean(sample, class)[0];
        let (mut sums, mut counts) = (vec![0.0; inputs.len()], vec![0_u32; inputs.len()]);
        for chunk in blocks.chunks(AT_A_TIME) {
            let without = self.scores_above_mean(&without_each(sample, chunk), class);
            for (block, score) in chunk.iter().zip(without) {
                let share = finite(whole - score) / block.len() as f64;
                for &i in *block {
                    sums[i] += share;
                    counts[i] += 1;
                }
            }
        }
        let means = sums.iter().zip(counts);
        means
            .map(|(sum, count)| sum / f64::from(count.max(1)))
            .collect()
    }

    fn scores_above_mean(&self, samples: &Samples, class: usize) -> Vec<f64> {
        let scores = self.model.scores(samples);
        scores.rows().map(|row| above_mean(row, class)).collect()
    }
}

/// A class's number in a row, less the mean of the row.
fn above_mean(row: &[f32], class: usize) -> f64 {
    let sum: f64 = row.iter().map(|&value| f64::from(value)).sum();
    f64::from(row[class]) - sum / row.len() as f64
}

/// Scores may be infinite, as the logarithm of 0 is; their differences say nothing.
fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

/// The sample as often as there are blocks, each time with one of them set to 0.
fn without_each(sample: &Samples, blocks: &[&Vec<usize>]) -> Samples {
    fn copies<T: Copy + Default>(values: &[T], blocks: &[&Vec<usize>]) -> Vec<T> {
        let copy = |block: &&Vec<usize>| {
            let mut copy = values.to_vec();
            block.iter().for_each(|&i| copy[i] = T::default());
            copy
        };
        blocks.iter().flat_map(copy).collect()
    }
    let changed = match (sample.pixels(), sample.pictures()) {
        (Some(pixels), Some((shape, 1))) => Samples::from_pixels(shape, copies(pixels, blocks)),
        (Some(pixels), Some((shape, _))) => {
            Samples::from_colour_pixels(shape, copies(pixels, blocks))
        }
        (_, pictures) => {
            let values = copies(&sample.to_f32(), blocks);
            let rows = Samples::from_features(sample.features(), values);
            match pictures {
                Some((shape, _)) => rows.and_then(|rows| rows.into_pictures(shape)),
                None => rows,
            }
        }
    };
    changed.expect("copies are as long as the sample")
}

/// Overlapping blocks that cover a picture.
fn blocks(shape: PictureShape) -> Vec<Vec<usize>> {
    let ranges = |side: usize| -> Vec<Range<usize>> {
        let length = side.div_ceil(BLOCKS).max(1);
        let starts = (0..side).step_by(length.div_ceil(2));
        starts
            .map(|start| start..(start + length).min(side))
            .collect()
    };
    let columns = ranges(shape.columns);
    let rows = ranges(shape.rows).into_iter();
    let both = rows.flat_map(|rows| columns.iter().map(move |columns| (rows.clone(), columns)));
    let pixels = |(rows, columns): (Range<usize>, &Range<usize>)| -> Vec<usize> {
        rows.flat_map(|row| {
            columns
                .clone()
                .map(move |column| row * shape.columns + column)
        })
        .collect()
    };
    both.map(pixels).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier::{Classifier, LinearWeights, Scores};
    use serde_json::json;

    #[test]
    fn blocks_cover_every_pixel_up_to_four_times() {
        for (rows, columns, count) in [(28, 28, 196), (1, 3, 3), (13, 20, 7 * 10 + 6 * 10)] {
            let shape = PictureShape { rows, columns };
            let blocks = blocks(shape);
            let mut covered = vec![0; shape.features()];
            blocks.iter().flatten().for_each(|&i| covered[i] += 1);
            assert!(covered.iter().all(|&times| (1..=4).contains(&times)));
            assert_eq!(blocks.len(), count, "{shape}");
        }
    }

    /// Scores of two classes that are linear in three features; `is_known` says whether it says so.
    struct Linear {
        is_known: bool,
    }

    const WEIGHTS: [f32; 6] = [1.0, -1.0, 0.5, 2.0, 0.0, 3.0];

    impl Classifier for Linear {
        fn scores(&self, samples: &Samples) -> Scores {
            let score = |row: &[f32], class| -> f32 {
                let products = row.iter().enumerate();
                products.map(|(i, x)| x * WEIGHTS[2 * i + class]).sum()
            };
            let values = samples.to_f32();
            let rows = values.chunks_exact(3);
            let scores = rows.flat_map(|row| [score(row, 0), score(row, 1)]);
            Scores::new(scores.collect(), 2)
        }

        fn parameter_count(&self) -> usize {
            WEIGHTS.len()
        }

        fn linear_weights(&self) -> Option<LinearWeights> {
            self.is_known.then(|| LinearWeights {
                weights: WEIGHTS.to_vec(),
                biases: vec![0.0; 2],
            })
        }
    }

    fn kept(is_known: bool) -> Kept {
        let about = json!({
            "program": "", "model": "", "id": "", "parameters": {}, "seed": 1,
            "classes": ["a", "b"], "features": 3, "feature_names": null, "picture": null,
            "pixels": false, "preparation": null, "temperature": null, "certificate": {},
            "judged": null, "key": "",
            "data": {"name": "", "title": "", "sha256": ["", "", "", ""], "samples": 1},
        });
        Kept {
            about: serde_json::from_value(about).unwrap(),
            model: Box::new(Linear { is_known }),
        }
    }

    #[test]
    fn occlusion_of_a_linear_model_is_weight_times_input_and_sums_to_its_score() {
        let values = vec![9.0, 9.0, 9.0, 2.0, 0.0, -0.5];
        let samples = Samples::from_features(3, values).unwrap();
        let [exact, occluded] =
            [true, false].map(|is_known| kept(is_known).explain(&samples, 1, 1));
        assert_eq!(
            [exact.method, occluded.method],
            [Method::Weights, Method::Occlusion]
        );
        assert_eq!(exact.values, [-2.0, 0.0, -0.75]);
        assert_eq!(occluded.values, exact.values);
        let score = above_mean(kept(true).model.scores(&samples).rows().nth(1).unwrap(), 1);
        assert_eq!(f64::from(exact.values.iter().sum::<f32>()), score);
        assert_eq!(kept(true).parts().unwrap()[2], "feature 3");
    }

    #[test]
    fn a_pixel_in_colour_is_one_part_and_no_row_of_greys() {
        let shape = |columns| PictureShape { rows: 1, columns };
        let in_colour = Samples::from_colour_pixels(shape(1), vec![255, 0, 51]).unwrap();
        for is_known in [true, false] {
            let mut kept = kept(is_known);
            kept.about.id = "m".to_owned();
            kept.about.describe(&in_colour);
            assert_eq!((kept.about.check(), kept.parts()), (Ok(()), None));
            let values = kept.explain(&in_colour, 0, 1).values;
            assert!(values.len() == 1 && (values[0] + 0.7).abs() < 1e-6);
            assert!(kept.check(&in_colour, "x").is_ok());
            let in_grey = Samples::from_pixels(shape(3), vec![0; 3]).unwrap();
            let said = "x: pictures of 1 × 3, and m was fitted to pictures of 1 × 1 in colour";
            let unlike = kept.check(&in_grey, "x").unwrap_err();
            assert_eq!(unlike.to_string(), said);
            kept.about.picture = Some([1, 3]);
            assert!(kept.about.check().unwrap_err().contains("`colour_picture`"));
            kept.about.describe(&in_grey);
            for (first, is_number) in [(0, true), (1, true), (2, false)] {
                kept.about.counted_from = Some(first);
                assert_eq!(kept.about.check().is_ok(), is_number, "{first}");
            }
        }
    }

    #[test]
    fn a_score_is_seen_against_the_mean_of_all_and_infinities_say_nothing() {
        assert_eq!(above_mean(&[1.0, 2.0, 6.0], 2), 3.0);
        let infinite = above_mean(&[f32::NEG_INFINITY, 0.0], 1);
        assert_eq!(finite(infinite - infinite), 0.0);
    }
}
