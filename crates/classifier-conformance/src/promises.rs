//! The promises of the contract by name, and why a model may not give one.

/// One promise of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Every parameter is documented, and the defaults are accepted.
    Documented,
    /// Scores have one row per image and one column per class, for no images, too.
    Shapes,
    /// Any number of classes, any image shape, real-valued features, a class without images.
    AnyData,
    /// Same seed, same bits, when fitted again and on one thread or two; with any seed, where the
    /// recipe says that it is not stochastic.
    Reproducible,
    /// An image's prediction does not depend on the images before and after it.
    OrderOfTestImages,
    /// Probabilities are at least 0, sum to 1, and rank the classes as the scores do.
    Probabilities,
    /// Scores and probabilities at once are those of each alone, bit by bit.
    Together,
    /// Linear weights give the predictions that the scores give.
    LinearWeights,
    /// Layers give the scores, and the softmax of theirs is the probabilities.
    Layers,
    /// Empty data is refused.
    EmptyData,
    /// NaN and infinity are refused.
    NotFinite,
    /// A fit that is called off, before or during it, ends as cancelled.
    Cancellation,
    /// A fit to 5 000 digits that is called off in the middle ends within a second.
    StopsInTime,
    /// At both ends of its range each parameter fits or is refused, and beyond them it is refused.
    Ranges,
    /// More test images are right than by always naming the most frequent class.
    BeatsMajority,
    /// What is made of its state predicts as it does, bit by bit; states that are wrong are refused,
    /// and do no harm.
    Kept,
    /// What is kept of it grows with the samples, no faster than they, or not at all, as the recipe says.
    Growth,
    /// A fit takes as much memory as its recipe asks for at least, and grows with the samples no faster than it says.
    Memory,
    /// The time of a fit grows with the samples no faster than its recipe says.
    Time,
    /// Memory and time of a fit grow with the features no faster than its recipe says.
    Features,
    /// Memory and time of a fit grow with the classes no faster than its recipe says.
    Classes,
    /// It learns from one feature.
    OneFeature,
    /// It learns beside features that are constant, and features that are there twice.
    UselessFeatures,
    /// From one row per class, and a class without rows in the middle, it learns or declines: no panic, no score
    /// that is no number.
    OneRowPerClass,
    /// From features of 1e-30 and of 1e30: likewise.
    ExtremeScales,
    /// It does not answer rows of another width: it panics.
    OtherWidths,
    /// Several threads may ask it at once.
    AtOnce,
    /// Some rows alone are scored as among all.
    Subset,
}

/// What a model without probabilities says.
pub const NO_PROBABILITIES: (Check, &str) = (Check::Probabilities, "it has none");

/// What a model says whose scores are no affine function of the features.
pub const NOT_LINEAR: (Check, &str) = (Check::LinearWeights, "its scores are no xW + b");

/// What a model says that is not affine maps with max(0, ·) between them.
pub const NO_LAYERS: (Check, &str) = (Check::Layers, "it is not made of layers");

/// What models of pictures say where they are checked on rows of features.
pub const PICTURES_ONLY: &[(Check, &str)] = &[
    (Check::OneFeature, NO_PICTURE),
    (Check::UselessFeatures, NO_PICTURE),
];

const NO_PICTURE: &str = "it is for pictures, and declines rows of features";
