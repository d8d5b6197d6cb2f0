//! Who is measured against whom.

/// One kind of work, done by one of ours and by others.
pub(crate) struct Task {
    pub(crate) title: &'static str,
    pub(crate) work: &'static str,
    /// A model of ours, with its defaults.
    pub(crate) ours: &'static str,
    /// Peers in Python: the name in peers.py, and the name for people.
    pub(crate) peers: &'static [(&'static str, &'static str)],
}

/// Every task. The parameters here and in peers.py are the same.
pub(crate) const TASKS: &[Task] = &[
    Task {
        title: "Softmax regression by gradient descent",
        work: "zero weights, 20 epochs, batches of 100 in the order given, learning rate 0.1",
        ours: "softmax",
        peers: &[
            ("numpy-softmax", "NumPy, float32, the lab's loop"),
            ("torch-softmax", "PyTorch"),
            ("jax-softmax", "JAX, `jit` of `lax.scan`, compiled anew"),
        ],
    },
    Task {
        title: "The same network in Burn",
        work: "the same 20 epochs through Burn's autodiff",
        ours: "burn-flex",
        peers: &[("torch-softmax", "PyTorch")],
    },
    Task {
        title: "784-128-10 with ReLU",
        work: "20 epochs, batches of 100 in the order given, learning rate 0.1",
        ours: "burn-mlp",
        peers: &[("torch-mlp", "PyTorch")],
    },
    Task {
        title: "A convolutional network",
        work: "16 and 32 filters of 5 × 5, 128 hidden units; 8 epochs, batches of 100 in a random order, momentum \
               0.9, learning rate from 0.05 to 0",
        ours: "burn-lenet",
        peers: &[("torch-lenet", "PyTorch")],
    },
    Task {
        title: "Softmax regression to the optimum",
        work: "ℓ2-regularised, c = 1, until the solver's own criterion holds",
        ours: "softmax-lbfgs",
        peers: &[
            (
                "intelex-logistic",
                "scikit-learn-intelex LogisticRegression",
            ),
            ("sklearn-logistic", "scikit-learn LogisticRegression"),
        ],
    },
    Task {
        title: "RBF support vector machine",
        work: "all pixels, C = 10, γ = 0.02, tolerance 1e-3",
        ours: "kernel-svm",
        peers: &[
            ("intelex-svm", "scikit-learn-intelex SVC"),
            ("sklearn-svm", "scikit-learn SVC (libsvm)"),
        ],
    },
    Task {
        title: "RBF support vector machine on gradients",
        work: "the directions of gradients in place of pixels; nobody beside it does the same work",
        ours: "gradient-svm",
        peers: &[],
    },
    Task {
        title: "Nearest neighbours",
        work: "exact, Euclidean, k = 3, all 60 000 training images; a fit only stores them",
        ours: "neighbours",
        peers: &[
            ("faiss-neighbours", "faiss, flat index"),
            (
                "intelex-neighbours",
                "scikit-learn-intelex KNeighborsClassifier",
            ),
        ],
    },
    Task {
        title: "Gradient-boosted trees",
        work: "100 rounds of a tree for each class, learning rate 0.1, at most 31 leaves of 20 samples or more",
        ours: "boosted-trees",
        peers: &[("lightgbm", "LightGBM")],
    },
];

/// What others say of their own work on the same images, for the picture.
pub(crate) struct Published {
    pub(crate) name: &'static str,
    /// Seconds that training took them; prediction is left out.
    pub(crate) seconds: f64,
    /// Share of the test images that it gets wrong.
    pub(crate) wrong: f64,
    /// How many these are.
    pub(crate) samples: usize,
    pub(crate) source: &'static str,
}

/// Of those who say both the time and the error of one model.
pub(crate) const PUBLISHED: &[Published] = &[Published {
    name: "EigenPro 2 (GPU, published)",
    seconds: 6.24,
    wrong: 0.0123,
    samples: 10_000,
    source: "[EigenPro 2](https://github.com/EigenPro/EigenPro2): a Gaussian kernel, four epochs on one GPU, \
             training alone",
}];

/// Training images on which the growth of the kernel SVM's cost is measured; beyond the 60 000
/// there are, copies moved by a pixel are added.
pub(crate) const SIZES: &[usize] = &[7_500, 15_000, 30_000, 60_000, 120_000, 240_000];
