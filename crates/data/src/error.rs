//! What can be wrong with labelled samples, with the figures.

use crate::PictureShape;

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
        shape: PictureShape,
    },
    /// As many names as features are needed.
    #[error("{names} names for {features} features; each feature needs one name")]
    Names {
        /// Number of names.
        names: usize,
        /// Values per row.
        features: usize,
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
    /// More samples were asked for than there are.
    #[error("a subset of {wanted} of {available} samples: ask for {classes} to {available}")]
    Subset {
        /// Samples asked for.
        wanted: usize,
        /// Samples there are.
        available: usize,
        /// Number of classes, and so the smallest subset with one sample of each.
        classes: usize,
    },
    /// Cross-validation wants each class in each fold.
    #[error("{wanted} folds, but class {class} has {}; {}", plural(*rarest, "sample", "samples"), possible_folds(*rarest))]
    Folds {
        /// Folds asked for.
        wanted: usize,
        /// The rarest class.
        class: String,
        /// Samples of the rarest class.
        rarest: usize,
    },
    /// A share that leaves nothing on one side.
    #[error("a share of {0}: give one above 0 and below 1, such as 0.2")]
    Share(f64),
    /// Nothing could be set aside, or there is nothing to tell apart.
    #[error(
        "holding out {share} of {}{}: two classes are needed, and two {} of one of them",
        plural(*samples, "sample", "samples"),
        format_args!(" of {}", plural(*classes, "class", "classes")),
        if *grouped { "groups" } else { "samples" }
    )]
    HoldOut {
        /// Share asked for.
        share: f64,
        /// Number of samples.
        samples: usize,
        /// Number of classes that occur.
        classes: usize,
        /// Whether whole groups are held out.
        grouped: bool,
    },
    /// A fold needs a group at least.
    #[error("{wanted} folds of {groups} groups; ask for as many folds as groups at most")]
    GroupedFolds {
        /// Folds asked for.
        wanted: usize,
        /// Groups there are.
        groups: usize,
    },
    /// Groups are too few to have a class in two folds.
    #[error(
        "all groups of class {class} are in one fold, and a model would be judged on a class that it never saw; ask for other folds or another seed"
    )]
    GroupedClass {
        /// The class.
        class: String,
    },
}

fn plural(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

fn possible_folds(rarest: usize) -> String {
    match rarest {
        0 | 1 => "cross-validation needs two or more of each class".to_owned(),
        2 => "ask for 2 folds".to_owned(),
        _ => format!("ask for 2 to {rarest} folds"),
    }
}
