//! The samples that a model got wrong with most confidence.

use crate::shown;
use classifier::Scores;
use data::Dataset;
use records::Mistake;

/// Mistakes kept for the gallery.
const MISTAKES: usize = 18;

/// Wrong predictions, surest first: by probability where there is one, else by the margin of the
/// best score over the second.
pub(crate) fn most_confident_mistakes(
    test: &Dataset,
    scores: &Scores,
    logs: Option<&Scores>,
) -> Vec<Mistake> {
    let predicted: Vec<u16> = scores.labels().iter().map(|&class| class as u16).collect();
    match logs {
        Some(logs) => most_confident(test, &predicted, Some(logs.values())),
        None => surest(
            test,
            &predicted,
            &|sample| margin(row(scores, sample)),
            false,
        ),
    }
}

/// The same of predictions alone, with their log-probabilities, shape (samples, classes), if there are
/// any.
pub(crate) fn most_confident(
    test: &Dataset,
    predicted: &[u16],
    logs: Option<&[f32]>,
) -> Vec<Mistake> {
    let confidence = |sample: usize| {
        let place = sample * test.classes() + usize::from(predicted[sample]);
        logs.map_or(0.0, |logs| logs[place])
    };
    surest(test, predicted, &confidence, logs.is_some())
}

fn surest(
    test: &Dataset,
    predicted: &[u16],
    confidence: &dyn Fn(usize) -> f32,
    is_logarithm: bool,
) -> Vec<Mistake> {
    let labels = test.labels();
    let is_wrong = |&sample: &usize| usize::from(predicted[sample]) != labels[sample];
    let mut wrong: Vec<usize> = (0..test.len()).filter(is_wrong).collect();
    wrong.sort_by(|&a, &b| confidence(b).total_cmp(&confidence(a)).then(a.cmp(&b)));
    wrong.truncate(MISTAKES);
    let mistake = |sample: usize| Mistake {
        image: sample,
        truth: labels[sample],
        predicted: predicted[sample].into(),
        probability: is_logarithm.then(|| f64::from(confidence(sample)).exp()),
        pixels: shown::levels(test.samples(), sample),
    };
    wrong.into_iter().map(mistake).collect()
}

fn row(scores: &Scores, image: usize) -> &[f32] {
    &scores.values()[image * scores.classes()..(image + 1) * scores.classes()]
}

fn margin(row: &[f32]) -> f32 {
    let mut sorted: Vec<f32> = row
        .iter()
        .copied()
        .filter(|score| !score.is_nan())
        .collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    match sorted.as_slice() {
        [best, second, ..] => best - second,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data::{PictureShape, Samples};

    fn four_images() -> Dataset {
        let shape = PictureShape {
            rows: 1,
            columns: 1,
        };
        let images = Samples::from_pixels(shape, vec![0, 1, 2, 3]).unwrap();
        let names = ["a", "b", "c"].map(str::to_owned);
        Dataset::new(images, vec![0, 1, 2, 0], names.into()).unwrap()
    }

    #[test]
    fn mistakes_are_ordered_by_margin_and_by_probability() {
        let test = four_images();
        let scores = Scores::new(
            vec![1.0, 3.0, 0.0, 0.0, 5.0, 0.0, 0.0, 9.0, 1.0, 2.0, 0.0, 2.5],
            3,
        );
        let by_margin = most_confident_mistakes(&test, &scores, None);
        let images: Vec<usize> = by_margin.iter().map(|mistake| mistake.image).collect();
        assert_eq!(images, [2, 0, 3]);
        assert_eq!((by_margin[0].truth, by_margin[0].predicted), (2, 1));
        assert_eq!(by_margin[0].probability, None);

        let mut logs = scores.values().to_vec();
        logs[11] = -0.1;
        logs[1] = -0.2;
        logs[7] = -0.3;
        let by_probability = most_confident_mistakes(&test, &scores, Some(&Scores::new(logs, 3)));
        let images: Vec<usize> = by_probability.iter().map(|mistake| mistake.image).collect();
        assert_eq!(images, [3, 0, 2]);
        assert!((by_probability[0].probability.unwrap() - (-0.1_f64).exp()).abs() < 1e-7);
    }
}
