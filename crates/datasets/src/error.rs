//! What can be wrong with labelled images, with the figures.

/// Why images cannot be learnt from, or not be divided as asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// As many labels as images are needed.
    #[error("{images} images but {labels} labels; each image needs one label")]
    Lengths {
        /// Number of images.
        images: usize,
        /// Number of labels.
        labels: usize,
    },
    /// The values do not fill whole images.
    #[error("{values} values are no whole number of {shape} images")]
    Ragged {
        /// Number of values.
        values: usize,
        /// Rows × columns of an image.
        shape: crate::ImageShape,
    },
    /// A label is not the index of a class.
    #[error("label {label} of image {image}: there are {classes} classes, so labels run from 0 to {}", classes.saturating_sub(1))]
    Label {
        /// Index of the image.
        image: usize,
        /// Its label.
        label: usize,
        /// Number of classes.
        classes: usize,
    },
    /// Nothing to learn from.
    #[error("no images: a fit needs at least one")]
    Empty,
    /// One class only: nothing to tell apart.
    #[error("{0} class: a classifier needs at least two")]
    OneClass(usize),
    /// A feature is NaN or infinite.
    #[error("feature {feature} of image {image} is {value}; every feature must be finite")]
    NotFinite {
        /// Index of the image.
        image: usize,
        /// Index of the feature.
        feature: usize,
        /// NaN or an infinity.
        value: f32,
    },
    /// More images were asked for than there are.
    #[error("a subset of {wanted} of {available} images: ask for {classes} to {available}")]
    Subset {
        /// Images asked for.
        wanted: usize,
        /// Images there are.
        available: usize,
        /// Number of classes, and so the smallest subset with one image of each.
        classes: usize,
    },
    /// Cross-validation wants each class in each fold.
    #[error("{wanted} folds of images whose rarest class has {rarest}: ask for 2 to {rarest}")]
    Folds {
        /// Folds asked for.
        wanted: usize,
        /// Images of the rarest class.
        rarest: usize,
    },
}
