//! The data that models are tried on.

use catalog::{Content, Loaded, Sealed, SealedTable};
use classifier::generator;
use data::{Dataset, Samples};
use rand::RngExt;
use runner::{Comparison, ControlSamples, Options};
use serde_json::json;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use tables::Table;

/// Samples of each side of a control, where there are as many.
pub(crate) const SAMPLES: usize = 200;

/// Where samples are from.
#[derive(Debug)]
pub(crate) enum World {
    /// Features of two numbers, in clusters far smaller than the distances between them. Each is of one class, and
    /// random labels move all predictions of a cluster together.
    Clusters { clusters: usize, classes: usize },
    /// MNIST's training digits, of which a comparison draws.
    Digits(Box<Dataset>),
    /// The training rows of a table, with its name.
    Table(String, Box<Table>),
}

/// The column of the classes, where it is not called class.
const LABELS: [(&str, &str); 4] = [
    ("Glass", "Type"),
    ("LetterRecognition", "lettr"),
    ("Satellite", "classes"),
    ("Zoo", "type"),
];

/// The kinds of data that the page sums up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Clusters,
    Digits,
    Tables,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Clusters, Self::Digits, Self::Tables];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Clusters => "clusters",
            Self::Digits => "subsets of MNIST",
            Self::Tables => "tables",
        }
    }
}

/// Clusters, MNIST, and every CSV file in a folder.
pub(crate) fn worlds(folder: &Path) -> Result<Vec<World>, Box<dyn Error>> {
    let clusters = [(2, 2), (6, 3), (10, 10)];
    let clusters = clusters.map(|(clusters, classes)| World::Clusters { clusters, classes });
    let digits = World::Digits(Box::new(catalog::mnist()?.train));
    let mut files: Vec<_> = folder.read_dir()?.collect::<Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    let files = files.iter().map(std::fs::DirEntry::path);
    let tables = files.filter(|path| path.extension().is_some_and(|ending| ending == "csv"));
    let tables: Vec<World> = tables.map(|path| table(&path)).collect::<Result<_, _>>()?;
    if tables.is_empty() {
        return Err(format!("{}: no CSV file", folder.display()).into());
    }
    Ok(clusters.into_iter().chain([digits]).chain(tables).collect())
}

fn table(path: &Path) -> Result<World, Box<dyn Error>> {
    let name = catalog::name_of(path);
    let is_it = |of: &&(&str, &str)| of.0.eq_ignore_ascii_case(&name);
    let label = LABELS.iter().find(is_it).map_or("Class", |of| of.1);
    let options: Options = serde_json::from_value(json!({ "label": label }))?;
    match catalog::load(path, &options.reading())?.content {
        Content::Table { train, .. } => Ok(World::Table(name, Box::new(train))),
        Content::Samples { .. } => Err(format!("{}: no table", path.display()).into()),
    }
}

/// Training rows as data to compare models on. No control sees a test row.
fn loaded(title: String, content: Content) -> Loaded {
    Loaded {
        id: title.clone(),
        title,
        origin: String::new(),
        content,
        notes: Vec::new(),
        sha256: Default::default(),
        is_test_drawn: true,
        counted_from: None,
    }
}

impl World {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Clusters { .. } => Kind::Clusters,
            Self::Digits(_) => Kind::Digits,
            Self::Table(..) => Kind::Tables,
        }
    }

    pub(crate) fn title(&self) -> String {
        match self {
            Self::Clusters { clusters, classes } => {
                format!("{clusters} clusters of {classes} classes")
            }
            Self::Digits(_) => "MNIST".to_owned(),
            Self::Table(name, _) => name.clone(),
        }
    }

    pub(crate) fn is_of_pictures(&self) -> bool {
        matches!(self, Self::Digits(_))
    }

    /// What the control of a comparison with this seed would be made with.
    pub(crate) fn samples(&self, seed: u64) -> Result<ControlSamples, Box<dyn Error>> {
        let content = match self {
            &Self::Clusters { clusters, classes } => return Ok(drawn(seed, clusters, classes)),
            Self::Digits(train) => Content::Samples {
                train: train.as_ref().clone(),
                test: Sealed::new(train.select(&[0])),
            },
            Self::Table(_, train) => Content::Table {
                train: train.as_ref().clone(),
                test: SealedTable::new(train.select(&[0])),
            },
        };
        let options: Options = serde_json::from_value(json!({ "seed": seed }))?;
        let comparison = Comparison::new(loaded(self.title(), content), Vec::new(), options)?;
        let samples = comparison.control_samples();
        Ok(samples.ok_or_else(|| format!("{}: too few samples", self.title()))?)
    }
}

/// Clusters around places in a square of side 100, each sample within 0.01 of its own.
fn drawn(seed: u64, clusters: usize, classes: usize) -> ControlSamples {
    let mut random = generator(seed, 0);
    let mut uniform = |size: f32| size * random.random::<f32>();
    let places: Vec<[f32; 2]> = (0..clusters)
        .map(|_| [uniform(100.0), uniform(100.0)])
        .collect();
    let names: Arc<[String]> = (0..classes).map(|class| class.to_string()).collect();
    let mut side = || {
        let of = (0..SAMPLES).map(|sample| sample % clusters);
        let values = of.clone().flat_map(|cluster| places[cluster]);
        let values = values.map(|place| place + uniform(0.01)).collect();
        let samples = Samples::from_features(2, values).expect("whole rows");
        let labels = of.map(|cluster| cluster % classes).collect();
        Dataset::new(samples, labels, names.clone()).expect("a label for each sample")
    };
    let train = side();
    ControlSamples {
        train,
        judged: side(),
    }
}
