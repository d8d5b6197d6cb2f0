//! What several models made of the same images, counted for all of them in few passes.

use crate::counts::{Counts, tally};
use crate::sample::{Contributions, MANY};

/// The most answers of a group of models that are told apart: their tables stay near the processor.
const MOST_CODES: usize = 2048;

/// Several models on the same images.
pub(crate) struct Joint<'a> {
    models: &'a [&'a Contributions],
    classes: usize,
    /// Empty where there are too few images of each answer.
    groups: Vec<Group>,
}

/// What a few models made of each image, as one number: the truth and their predictions are its digits.
struct Group {
    models: usize,
    codes: Vec<u16>,
}

impl<'a> Joint<'a> {
    /// All of the same images and classes.
    pub(crate) fn new(models: &'a [&'a Contributions]) -> Self {
        let classes = models.first().map_or(0, |model| model.classes());
        let cells: Option<Vec<&[u16]>> = models.iter().map(|model| model.cells()).collect();
        let cells = cells.unwrap_or_default();
        let images = cells.first().map_or(0, |cells| cells.len());
        let most = MOST_CODES.min(images / MANY);
        let size = |models: u32| classes.checked_pow(models + 1).unwrap_or(usize::MAX);
        let together = (2..).take_while(|&models| size(models) <= most && classes > 1);
        let together = together.last().unwrap_or(1) as usize;
        let groups = cells.chunks(together);
        Self {
            models,
            classes,
            groups: groups.map(|group| Group::new(group, classes)).collect(),
        }
    }

    /// The counts of each model, on the test set that has every image so many times.
    pub(crate) fn counts(&self, times: &[u32]) -> Vec<Counts> {
        if self.groups.is_empty() {
            let models = self.models.iter();
            return models.map(|model| model.counts(times)).collect();
        }
        let groups = self.groups.iter();
        groups
            .flat_map(|group| group.counts(times, self.classes))
            .collect()
    }
}

impl Group {
    /// Of the cells of the confusion matrix of each model.
    fn new(cells: &[&[u16]], classes: usize) -> Self {
        let mut codes = cells[0].to_vec();
        for cells in &cells[1..] {
            for (code, cell) in codes.iter_mut().zip(*cells) {
                *code = *code * classes as u16 + cell % classes as u16;
            }
        }
        Self {
            models: cells.len(),
            codes,
        }
    }

    fn counts(&self, times: &[u32], classes: usize) -> Vec<Counts> {
        let size = |models: usize| classes.pow(models as u32);
        let table = tally(&self.codes, times, size(self.models + 1));
        let of_model = |model: usize| {
            let (of_truth, of_prediction) = (size(self.models), size(self.models - 1 - model));
            let mut cells = vec![0; classes * classes];
            for (code, times) in table.iter().enumerate() {
                cells[code / of_truth * classes + code / of_prediction % classes] += times;
            }
            Counts::of_table(&cells, classes)
        };
        (0..self.models).map(of_model).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Answers;

    /// Models of so many classes and images, some of which are alike.
    fn models(classes: usize, images: usize) -> Vec<Contributions> {
        let model = |model: usize| {
            let answers = Answers {
                labels: (0..images).map(|i| i * i % classes).collect(),
                predictions: (0..images)
                    .map(|i| (i * i + i % (model + 2)) % classes)
                    .collect(),
                log_probabilities: None,
            };
            Contributions::new(&answers, classes)
        };
        (0..7).map(model).collect()
    }

    #[test]
    fn together_models_have_the_counts_that_each_has_alone() {
        for (classes, images, passes) in [
            (2, 4_000, 1),
            (3, 4_000, 2),
            (3, 99, 7),
            (3, 20, 0),
            (10, 9_000, 4),
            (1, 90, 7),
        ] {
            let models = models(classes, images);
            let models: Vec<&Contributions> = models.iter().collect();
            let joint = Joint::new(&models);
            assert_eq!(
                joint.groups.len(),
                passes,
                "{classes} classes of {images} images"
            );
            let times: Vec<u32> = (0..images as u32).map(|i| i % 4).collect();
            let alone: Vec<Counts> = models.iter().map(|model| model.counts(&times)).collect();
            assert_eq!(joint.counts(&times), alone);
        }
    }
}
