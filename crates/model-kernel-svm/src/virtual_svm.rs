//! The virtual support vector method (Decoste and Schölkopf 2002, "Training invariant support
//! vector machines"): a machine is fitted, its support vectors are moved by one pixel in eight
//! directions, and a second machine is fitted to support vectors and moved copies. A digit moved
//! by a pixel is the same digit; the method teaches that where it matters, at the margin.

use crate::Gamma;
use crate::machine::{Machine, fit};
use crate::shift::{DIRECTIONS, shift};
use classifier::schemars::JsonSchema;
use classifier::{
    ClassWeights, Classifier, FitContext, FitError, Growth, Hyperparameters, ModelEntry, Recipe,
    Scores, Sizes, State, StateError, Step, Suits,
};
use data::{Dataset, Samples};
use kernel_svm::{Kernel, Settings};
use picture_features::deskew;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Virtual support vectors on deskewed images.
pub const VIRTUAL_SVM: ModelEntry = ModelEntry {
    id: "virtual-svm",
    backend: "by hand",
    summary: "kernel SVM fitted twice, then to its support vectors moved by a pixel, too",
    package: env!("CARGO_PKG_NAME"),
    libraries: &[],
    environment: &[],
    suits: Suits::Pictures,
    preset: || Box::new(VirtualSvm::chosen()),
};

/// How to train the virtual SVM, with an RBF kernel.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct VirtualSvm {
    /// Cost C of a margin violation.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub c: f64,
    /// Factor γ of the RBF kernel: a number, or "scale" for 1 / (features · variance).
    pub gamma: Gamma,
    /// Whether to make slanted images upright first; images of 8-bit pixels only.
    pub deskew: bool,
    /// Largest violation of the optimality conditions at which a pair counts as solved.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub tolerance: f64,
    /// Memory for the images and the kernel matrix, in MiB; with less it gets slower.
    #[schemars(range(min = 1))]
    pub memory_mb: usize,
    /// "none", or "balanced" for samples whose C is multiplied by samples / (classes · samples of their class).
    pub class_weights: ClassWeights,
}

impl VirtualSvm {
    /// C and γ with the fewest errors on the last 10 000 training images after training on the
    /// first 50 000: `cargo run -p model-kernel-svm --example choose`.
    pub const fn chosen() -> Self {
        Self {
            c: 3.0,
            gamma: Gamma::Value(0.04),
            deskew: true,
            tolerance: 1e-3,
            memory_mb: 2048,
            class_weights: ClassWeights::None,
        }
    }
}

impl Hyperparameters for VirtualSvm {}

impl Recipe for VirtualSvm {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        train.check_trainable()?;
        let settings = Settings {
            kernel: Kernel::Rbf,
            c: self.c,
            gamma: self.gamma.into(),
            tolerance: self.tolerance,
            memory_mb: self.memory_mb,
            probability: false,
            threads: context.threads(),
        };
        let step = |before: bool| {
            move |done, total| Step {
                done: if before { done } else { total + done },
                total: 2 * total,
                unit: "class pairs",
            }
        };
        let needs = "virtual support vectors are pictures in grey, moved by a pixel";
        let shape = FitError::unless_pictures(train, needs)?;
        let images = upright(train.samples(), self.deskew);
        let classes = train.classes();
        let weights = self.class_weights.of_samples(train);
        let first = fit(
            &images,
            train.labels(),
            classes,
            weights.as_deref(),
            &settings,
            context,
            &step(true),
        )?;
        let support = first.support().to_vec();
        drop(first);
        let (moved, sources) = with_moved(&images, shape, &support);
        let labels: Vec<usize> = sources.iter().map(|&image| train.labels()[image]).collect();
        let weights: Option<Vec<f64>> =
            weights.map(|weights| sources.iter().map(|&image| weights[image]).collect());
        let second = fit(
            &moved,
            &labels,
            classes,
            weights.as_deref(),
            &settings,
            context,
            &step(false),
        )?;
        Ok(Box::new(Fitted {
            machine: second,
            deskew: self.deskew,
        }))
    }

    fn is_stochastic(&self) -> bool {
        false
    }

    fn grows_with_samples(&self) -> bool {
        true
    }

    /// Pixels stay bytes, in the order of their classes.
    fn least_memory(&self, train: &Dataset) -> usize {
        train.samples().pixels().map_or(0, <[u8]>::len)
    }

    /// A pair of classes solves a problem with as many variables as samples, and keeps rows of the matrix of their
    /// kernel values, up to `memory_mb`.
    fn growth(&self) -> Growth {
        Growth {
            time: 2.0,
            memory: 2.0,
        }
    }

    fn restore(&self, mut state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        Ok(Box::new(Fitted {
            machine: Machine::restore(&mut state, sizes, Kernel::Rbf, false)?,
            deskew: self.deskew,
        }))
    }
}

struct Fitted {
    machine: Machine,
    deskew: bool,
}

impl Classifier for Fitted {
    fn scores(&self, images: &Samples) -> Scores {
        self.machine.scores(&upright(images, self.deskew))
    }

    fn parameter_count(&self) -> usize {
        self.machine.parameter_count()
    }

    fn certificate(&self) -> Vec<(&'static str, f64)> {
        self.machine.certificate()
    }

    fn state(&self) -> Result<State, StateError> {
        self.machine.state()
    }
}

/// The images deskewed, if `wanted` and if they are made of pixels.
fn upright(images: &Samples, wanted: bool) -> Samples {
    let (true, Some(pixels), Some(shape)) = (wanted, images.pixels(), images.picture()) else {
        return images.clone();
    };
    let upright: Vec<u8> = pixels
        .par_chunks_exact(shape.features())
        .flat_map_iter(|image| deskew(image, shape))
        .collect();
    Samples::from_pixels(shape, upright).expect("as many pixels as before")
}

/// The images at `support`, each followed by its moved copies, and where each comes from.
fn with_moved(
    images: &Samples,
    shape: data::PictureShape,
    support: &[usize],
) -> (Samples, Vec<usize>) {
    let sources = support
        .iter()
        .flat_map(|&image| [image; 1 + DIRECTIONS.len()])
        .collect();
    let moved = match images.pixels() {
        Some(pixels) => Samples::from_pixels(shape, moved(pixels, shape, support)),
        None => Samples::from_features(shape.features(), moved(&images.to_f32(), shape, support))
            .and_then(|rows| rows.into_pictures(shape)),
    };
    (moved.expect("whole images"), sources)
}

fn moved<T: Copy + Default>(values: &[T], shape: data::PictureShape, support: &[usize]) -> Vec<T> {
    let width = shape.features();
    let mut all = Vec::with_capacity(support.len() * width * (1 + DIRECTIONS.len()));
    for &index in support {
        let image = &values[index * width..][..width];
        all.extend_from_slice(image);
        for direction in DIRECTIONS {
            all.extend(shift(image, shape, direction));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier_conformance::{
        NO_LAYERS, NO_PROBABILITIES, NOT_LINEAR, PICTURES_ONLY, check_except, digits,
    };

    #[test]
    fn the_virtual_svm_conforms() {
        check_except(
            &VIRTUAL_SVM,
            &[PICTURES_ONLY, &[NO_PROBABILITIES, NOT_LINEAR, NO_LAYERS]].concat(),
        );
    }

    #[test]
    fn it_also_learns_the_moved_copies() {
        let [train, _] = digits();
        let fitted =
            |recipe: &dyn Recipe| recipe.fit(&train, &mut FitContext::quiet(1, 1)).unwrap();
        let virtual_svm = fitted(&VirtualSvm {
            deskew: false,
            ..VirtualSvm::chosen()
        });
        let plain = fitted(&crate::KernelSvm::rbf());
        let everyone: Vec<usize> = (0..train.len()).collect();
        let (moved, sources) =
            with_moved(train.samples(), train.samples().shown_shape(), &everyone);
        let right = |model: &dyn Classifier| {
            let labels = model.scores(&moved).labels();
            labels
                .iter()
                .zip(&sources)
                .filter(|(label, image)| **label == train.labels()[**image])
                .count()
        };
        let (with, without) = (right(&*virtual_svm), right(&*plain));
        assert!(
            with > without,
            "{with} of {} moved images, {without} without",
            sources.len()
        );
        assert!(
            with * 1_000 > 995 * sources.len(),
            "{with} of {}",
            sources.len()
        );
    }
}
