//! Options that name data and say how they are read.

use clap::{Args, ValueHint};
use runner::{PictureSize, Share, whole};
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct DataArgs {
    /// Data set by name; `datasets` lists them. [default: that of the plan, if there is one; else mnist]
    #[arg(long, value_name = "NAME")]
    pub(crate) dataset: Option<String>,
    /// Read the four files from this directory: any data set in MNIST's file naming, gzipped or
    /// plain. With --dataset, they must be that data set's.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) data_dir: Option<PathBuf>,
    /// Download from this address in place of the known ones.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) mirror: Option<String>,
}

/// Data known by name, or of the user's own.
#[derive(Debug, Args)]
pub(crate) struct AnyDataArgs {
    #[command(flatten)]
    pub(crate) known: DataArgs,
    #[command(flatten)]
    pub(crate) own: OwnDataArgs,
}

/// Data of the user's own.
#[derive(Debug, Args)]
pub(crate) struct OwnDataArgs {
    /// Your own data: a table (CSV, TSV, ARFF, Parquet), arrays (NPY, NPZ), rows of svmlight,
    /// or a directory with one directory of pictures per class, of arrays or of IDX files. With
    /// --dataset, that is its name in the reports.
    #[arg(long, value_name = "PATH", conflicts_with = "data_dir", value_hint = ValueHint::AnyPath)]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// How data of the user's own are read.
#[derive(Debug, Args)]
pub(crate) struct ReadingArgs {
    /// Test on this second file or directory.
    #[arg(long, value_name = "PATH", conflicts_with = "test_share", value_hint = ValueHint::AnyPath)]
    pub(crate) test: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) flags: ReadingFlags,
}

/// The keys of a plan among them.
#[derive(Debug, Args, Serialize)]
pub(crate) struct ReadingFlags {
    /// Without --test: set this share of the rows aside for the test, stratified, drawn by the seed. [default: 0.2]
    #[arg(long, value_name = "SHARE")]
    pub(crate) test_share: Option<Share>,
    /// The column of the classes. [default: the one called class, label, target or y]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) label: Option<String>,
    /// Columns that are not used.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) ignore: Option<Vec<String>>,
    /// Rows with the same value in this column belong together: no split separates them.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) group: Option<String>,
    /// Columns whose numbers are names of categories.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) categories: Option<Vec<String>>,
    /// Words that stand for a missing value, besides the usual ones.
    #[arg(
        long,
        value_name = "A,B",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    pub(crate) missing: Option<Vec<String>>,
    /// Whether the first line of a text names the columns. [default: recognised]
    #[arg(long, value_name = "yes|no", value_parser = clap::builder::BoolishValueParser::new(), hide_possible_values = true)]
    pub(crate) header: Option<bool>,
    /// Give all pictures this size, as in 28x28.
    #[arg(long, value_name = "ROWSxCOLUMNS")]
    pub(crate) resize: Option<PictureSize>,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// How many images.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = whole::<u16>(1, 1000))]
    pub(crate) count: u16,
    /// Take them from the test images.
    #[arg(long)]
    pub(crate) test: bool,
    /// Write the contact sheet here. [default: results/DATASET/first-images.png]
    #[arg(long, value_name = "FILE.png", value_hint = ValueHint::FilePath)]
    pub(crate) png: Option<PathBuf>,
}
