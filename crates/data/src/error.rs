//! What can be wrong with labelled samples, with the figures.

/// Why samples cannot be learnt from, or not be divided as asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// As many labels as samples are needed.
    #[error("{samples} samples but {labels} labels; each sample needs one label")]
    Lengths {
        /// Number of samples.
        samples: usize,
        /// Number of labels.
        labels: usize,
    },
    /// The values do not fill whole pictures.
    #[error("{values} values do not divide into pictures of {shape}")]
    Pictures {
        /// Number of values.
        values: usize,
        /// Rows × columns of a picture.
        shape: crate::PictureShape,
    },
    /// The values do not fill whole rows.
    #[error("{values} values do not divide into rows of {features} features")]
    Rows {
        /// Number of values.
        values: usize,
        /// Values per row.
        features: usize,
    },
    /// A label is not the index of a class.
    #[error("label {label} of sample {sample}: there are {classes} classes, so labels run from 0 to {}", classes.saturating_sub(1))]
    Label {
        /// Index of the sample.
        sample: usize,
        /// Its label.
        label: usize,
        /// Number of classes.
        classes: usize,
    },
    /// Nothing to learn from.
    #[error("no samples: a fit needs at least one")]
    Empty,
    /// One class only: nothing to tell apart.
    #[error("{0} class: a classifier needs at least two")]
    OneClass(usize),
    /// A feature is NaN or infinite.
    #[error("feature {feature} of sample {sample} is {value}; every feature must be finite")]
    NotFinite {
        /// Index of the sample.
        sample: usize,
        /// Index of the feature.
        feature: usize,
        /// NaN or an infinity.
        value: f32,
    },
    /// More images were asked for than there are.
    #[error("a subset of {wanted} of {available} images: ask for {classes} to {available}")]
    Subset {
        /// Samples asked for.
        wanted: usize,
        /// Samples there are.
        available: usize,
        /// Number of classes, and so the smallest subset with one image of each.
        classes: usize,
    },
    /// Cross-validation wants each class in each fold.
    #[error("{wanted} folds, but class {class} has {}; {}", samples(*rarest), possible_folds(*rarest))]
    Folds {
        /// Folds asked for.
        wanted: usize,
        /// The rarest class.
        class: String,
        /// Samples of the rarest class.
        rarest: usize,
    },
}

fn samples(count: usize) -> String {
    format!("{count} sample{}", if count == 1 { "" } else { "s" })
}

fn possible_folds(rarest: usize) -> String {
    match rarest {
        0 | 1 => "cross-validation needs two or more of each class".to_owned(),
        2 => "ask for 2 folds".to_owned(),
        _ => format!("ask for 2 to {rarest} folds"),
    }
}
