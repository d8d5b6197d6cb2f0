//! A test set in which every image may stand several times, and what a model made of it.

use crate::answers::Answers;
use crate::counts::{Counts, MOST_IN_CELLS, cell};
use crate::levels::BINS;
use statistics::{
    average_precision_influences, brier_scores, confidences, log_losses, ranks, roc_auc_influences,
};

/// What each image adds to the metrics of a model.
#[derive(Debug, Clone)]
pub(crate) struct Contributions {
    classes: usize,
    answers: TruthAndPrediction,
    probabilities: Option<OfProbabilities>,
}

/// The truth and the prediction of each image.
#[derive(Debug, Clone)]
enum TruthAndPrediction {
    Pairs(Vec<[u16; 2]>),
    /// As cells of the confusion matrix, where there are many more images than these.
    Cells(Vec<u16>),
}

/// Images for each cell from which on cells are counted faster.
pub(crate) const MANY: usize = 8;

impl TruthAndPrediction {
    fn new(answers: &Answers, classes: usize) -> Self {
        let pairs = answers.labels.iter().zip(&answers.predictions);
        let pairs = pairs.map(|(&truth, &predicted)| [truth as u16, predicted as u16]);
        if classes <= MOST_IN_CELLS && classes * classes * MANY <= answers.labels.len() {
            Self::Cells(pairs.map(|pair| cell(pair, classes)).collect())
        } else {
            Self::Pairs(pairs.collect())
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Pairs(pairs) => pairs.len(),
            Self::Cells(cells) => cells.len(),
        }
    }

    fn counts(&self, times: &[u32], classes: usize) -> Counts {
        match self {
            Self::Pairs(pairs) => Counts::new(pairs, times, classes),
            Self::Cells(cells) => Counts::of_cells(cells, times, classes),
        }
    }
}

#[derive(Debug, Clone)]
struct OfProbabilities {
    /// Of each image: log-loss, Brier score, whether the truth is among the two and three most
    /// probable, and what it adds to the areas under both curves.
    of_images: Vec<[f64; 6]>,
    /// The area under the curve, of which a drawn test set has, to first order, what its images add.
    /// Two thousand areas computed anew take longer than all other metrics together. `None` where
    /// all images are of one class.
    roc_auc: Option<f64>,
    /// The same of precision over recall.
    pr_auc: Option<f64>,
    /// Images by the probability of their prediction, each with how much too sure it is.
    bins: Vec<Vec<(usize, f64)>>,
}

/// A test set that was drawn from the images.
pub(crate) struct Sample {
    pub(crate) counts: Counts,
    /// Where the model has probabilities.
    pub(crate) means: Option<Means>,
}

/// Means over the images of a sample.
pub(crate) struct Means {
    pub(crate) log_loss: f64,
    pub(crate) brier: f64,
    pub(crate) top_2: f64,
    pub(crate) top_3: f64,
    pub(crate) roc_auc: Option<f64>,
    pub(crate) pr_auc: Option<f64>,
    pub(crate) calibration_error: f64,
}

impl Contributions {
    pub(crate) fn new(answers: &Answers, classes: usize) -> Self {
        let logs = answers.log_probabilities.as_deref();
        Self {
            classes,
            answers: TruthAndPrediction::new(answers, classes),
            probabilities: logs.map(|logs| OfProbabilities::new(logs, &answers.labels)),
        }
    }

    pub(crate) fn images(&self) -> usize {
        self.answers.len()
    }

    pub(crate) fn has_probabilities(&self) -> bool {
        self.probabilities.is_some()
    }

    /// Images whose truth was given the probability 0.
    pub(crate) fn infinite_losses(&self) -> usize {
        let of_images = self.probabilities.iter().flat_map(|of| &of.of_images);
        of_images.filter(|scores| scores[0].is_infinite()).count()
    }

    pub(crate) fn classes(&self) -> usize {
        self.classes
    }

    /// Whether the two, of the same images and classes, answer differently for an image.
    pub(crate) fn differs(&self, other: &Self, image: usize) -> bool {
        match (&self.answers, &other.answers) {
            (TruthAndPrediction::Pairs(a), TruthAndPrediction::Pairs(b)) => a[image] != b[image],
            (TruthAndPrediction::Cells(a), TruthAndPrediction::Cells(b)) => a[image] != b[image],
            _ => true,
        }
    }

    /// The class of an image.
    pub(crate) fn truth(&self, image: usize) -> usize {
        match &self.answers {
            TruthAndPrediction::Pairs(pairs) => usize::from(pairs[image][0]),
            TruthAndPrediction::Cells(cells) => usize::from(cells[image]) / self.classes,
        }
    }

    /// Whether the truth is among the two, and among the three most probable classes of an image, where there are
    /// probabilities.
    pub(crate) fn among_first(&self, image: usize) -> Option<[bool; 2]> {
        let scores = self.probabilities.as_ref()?.of_images[image];
        Some([scores[2], scores[3]].map(|share| share > 0.0))
    }

    /// The [`cell`] of each image, where there are many images.
    pub(crate) fn cells(&self) -> Option<&[u16]> {
        match &self.answers {
            TruthAndPrediction::Cells(cells) => Some(cells),
            TruthAndPrediction::Pairs(_) => None,
        }
    }

    /// Of the test set that has every image so many times.
    pub(crate) fn counts(&self, times: &[u32]) -> Counts {
        self.answers.counts(times, self.classes)
    }

    /// The test set that has every image so many times.
    pub(crate) fn sample(&self, times: &[u32]) -> Sample {
        self.sample_with(self.counts(times), times)
    }

    /// The same, of which the counts are known.
    pub(crate) fn sample_with(&self, counts: Counts, times: &[u32]) -> Sample {
        let probabilities = self.probabilities.as_ref();
        Sample {
            counts,
            means: probabilities.map(|of| of.means(times)),
        }
    }
}

impl OfProbabilities {
    fn new(log_probabilities: &[f32], labels: &[usize]) -> Self {
        let share = |found: bool| f64::from(u8::from(found));
        let nothing = || vec![0.0; labels.len()];
        let area = |found: Option<(f64, Vec<f64>)>| match found {
            Some((area, influences)) => (Some(area), influences),
            None => (None, nothing()),
        };
        let (roc_auc, of_roc) = area(roc_auc_influences(log_probabilities, labels));
        let (pr_auc, of_precision) = area(average_precision_influences(log_probabilities, labels));
        let of_images = log_losses(log_probabilities, labels)
            .zip(brier_scores(log_probabilities, labels))
            .zip(ranks(log_probabilities, labels))
            .zip(of_roc.into_iter().zip(of_precision))
            .map(|(((loss, brier), rank), (roc, precision))| {
                let (top_2, top_3) = (share(rank < 2), share(rank < 3));
                [loss, brier, top_2, top_3, roc, precision]
            })
            .collect();
        let mut bins = vec![Vec::new(); BINS];
        let of_predictions = confidences(log_probabilities, labels, BINS);
        for (image, (bin, confidence, right)) in of_predictions.enumerate() {
            bins[bin].push((image, confidence - share(right)));
        }
        Self {
            of_images,
            roc_auc,
            pr_auc,
            bins,
        }
    }

    /// Of a test set that has every image so many times.
    fn means(&self, times: &[u32]) -> Means {
        // Spelt out: as a loop over the sums, this is three times as slow in the dev profile.
        let [mut log_loss, mut brier, mut top_2, mut top_3] = [0.0; 4];
        let [mut of_roc, mut of_precision] = [0.0; 2];
        for (scores, &times) in self.of_images.iter().zip(times) {
            // The loss may be infinite, and is not there in a test set without the image.
            if times == 0 {
                continue;
            }
            let times = f64::from(times);
            log_loss += times * scores[0];
            brier += times * scores[1];
            top_2 += times * scores[2];
            top_3 += times * scores[3];
            of_roc += times * scores[4];
            of_precision += times * scores[5];
        }
        let too_sure = |bin: &Vec<(usize, f64)>| {
            let of_images = bin
                .iter()
                .map(|&(image, too_sure)| f64::from(times[image]) * too_sure);
            of_images.sum::<f64>().abs()
        };
        let miscalibrated: f64 = self.bins.iter().map(too_sure).sum();
        let images = f64::from(times.iter().sum::<u32>()).max(1.0);
        Means {
            log_loss: log_loss / images,
            brier: brier / images,
            top_2: top_2 / images,
            top_3: top_3 / images,
            roc_auc: self.roc_auc.map(|area| area + of_roc),
            pr_auc: self.pr_auc.map(|area| area + of_precision),
            calibration_error: miscalibrated / images,
        }
    }
}
