//! The data sets that are known by name, and what is published about each.

/// A data set known by name.
#[derive(Debug)]
pub struct CatalogEntry {
    /// Short name, used in paths and tables.
    pub id: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Who owns it, and the licence it is given under.
    pub licence: &'static str,
    /// Samples to train on, images to test on.
    pub sizes: [usize; 2],
    /// SHA-256 of the decompressed files, in the order of [`FILES`](crate::FILES).
    pub sha256: [&'static str; 4],
    /// What the classes are called.
    pub class_names: &'static [&'static str],
    /// Debian's package of it, if there is one; it installs into `/usr/share/datasets`.
    pub debian_package: Option<&'static str>,
    /// Addresses of directories that hold the gzipped files; tried in this order.
    pub mirrors: &'static [&'static str],
}

/// Every data set known by name. MNIST comes first.
pub const CATALOG: &[CatalogEntry] = &[
    CatalogEntry {
        id: "mnist",
        title: "MNIST handwritten digits",
        licence: "© Yann LeCun and Corinna Cortes, CC BY-SA 3.0",
        sizes: [60_000, 10_000],
        sha256: [
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ],
        class_names: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        debian_package: None,
        mirrors: &[],
    },
    CatalogEntry {
        id: "fashion-mnist",
        title: "Fashion-MNIST",
        licence: "© Zalando SE, MIT",
        sizes: [60_000, 10_000],
        sha256: [
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ],
        class_names: &[
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ],
        debian_package: Some("dataset-fashion-mnist"),
        mirrors: &[
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets",
        ],
    },
];

impl CatalogEntry {
    /// The entry with this name.
    pub fn find(id: &str) -> Option<&'static Self> {
        CATALOG.iter().find(|entry| entry.id == id)
    }
}
