//! A fitted machine in plain arrays, for files of any kind.

use crate::certificate::Certificate;
use crate::kernel::Kernel;
use crate::numbers::Numbers;

/// Everything that a fitted machine is made of; see
/// [`SupportVectorMachine::parts`](crate::SupportVectorMachine::parts).
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// Features per sample.
    pub features: usize,
    /// The classes that it tells apart, ascending.
    pub classes: Vec<usize>,
    /// The kernel function.
    pub kernel: Kernel,
    /// Its factor γ.
    pub gamma: f64,
    /// Support vectors of each class.
    pub counts: Vec<usize>,
    /// The support vectors, class by class: the features of each.
    pub vectors: Numbers,
    /// Which features these are, where there are not all of each. Of a machine that was fitted to samples that
    /// are not [`Sparse`](crate::Sparse) there are.
    pub places: Option<Places>,
    /// αy over `scale` against each other class, ascending; shape (support vectors, classes − 1).
    pub coefficients: Numbers,
    /// A power of two that sums of coefficients are multiplied with.
    pub scale: f64,
    /// What is subtracted from the decision value of each pair.
    pub rho: Vec<f64>,
    /// The slope and the offset of each pair's sigmoid, for probabilities.
    pub sigmoids: Option<Vec<[f64; 2]>>,
    /// One for each pair.
    pub certificates: Vec<Certificate>,
    /// Where each support vector was among the training samples.
    pub support: Vec<usize>,
}

/// Which features are those of sparse vectors; see [`Sparse::new`](crate::Sparse::new).
#[derive(Debug, Clone, PartialEq)]
pub struct Places {
    /// Where the features of each vector begin, and where the last end.
    pub starts: Vec<usize>,
    /// The place of each feature in its vector.
    pub places: Vec<u32>,
}

/// What a machine of any type is made of.
pub(crate) struct Apart {
    pub(crate) kernel: Kernel,
    pub(crate) counts: Vec<usize>,
    pub(crate) vectors: Numbers,
    pub(crate) places: Option<Places>,
    pub(crate) coefficients: Numbers,
    pub(crate) scale: f64,
    pub(crate) rho: Vec<f64>,
}
