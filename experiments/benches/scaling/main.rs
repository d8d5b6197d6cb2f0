//! What fits cost as their data grow: time and memory of every model against rows, features, classes and threads, with
//! fitted exponents, as a page. Each fit is a process of its own, as in every comparison.
//!
//! `cargo bench --profile dev -p experiments --bench scaling -- [--quick] FILE.md [MODEL]…`
//!
//! The file is looked for from the top of the repository. `--quick` only shows that it works: few sizes, all small.

#[allow(
    unused_imports,
    reason = "a bench without a harness leaves out the tests of these files"
)]
#[path = "../../src/build.rs"]
mod build;
mod drawn;
mod measure;
#[allow(unused_imports, reason = "the same")]
#[path = "../../src/registry.rs"]
mod registry;

use catalog::Splits;
use classifier::{ModelEntry, Suits};
use drawn::{JUDGED, Shape, gaussian, pictures};
use measure::{Sizes, cost, growing};
use registry::REGISTRY;
use report::{Growing, ModelCosts, Scaling, ThreadCosts, write_scaling};
use std::error::Error;
use std::path::Path;

/// Threads of every fit, unless it is said otherwise.
const THREADS: usize = 2;
/// What drawn data have while something else grows.
const FIXED: Shape = Shape {
    rows: 1_024,
    features: 256,
    classes: 10,
};
/// A fit for the comparison of threads takes no more seconds.
const FOR_THREADS: f64 = 2.0;

/// How far each direction goes.
struct Extent {
    rows: Sizes,
    features: Sizes,
    classes: Sizes,
}

impl Extent {
    const FULL: Self = Self {
        rows: Sizes::new([100, 51_200], 6.0),
        features: Sizes::new([64, 2_048], 3.0),
        classes: Sizes::new([2, 64], 3.0),
    };
    const QUICK: Self = Self {
        rows: Sizes::new([100, 800], 0.3),
        features: Sizes::new([64, 256], 0.3),
        classes: Sizes::new([2, 8], 0.3),
    };
}

/// What the command line asks for.
struct Request {
    page: String,
    quick: bool,
    models: Vec<&'static ModelEntry>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let request = request(std::env::args().skip(1).collect())?;
    let extent = if request.quick {
        Extent::QUICK
    } else {
        Extent::FULL
    };
    let command = command(&request);
    let environment = runner::describe(command, "", THREADS, &build::BUILD, REGISTRY);
    let mnist = catalog::mnist()?;
    let models = &request.models;
    let rows = rows(models, extent.rows, &mnist);
    let threads = threads(models, &rows.models, &mnist);
    let growing = vec![
        rows,
        features(models, extent.features),
        classes(models, extent.classes),
    ];
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(&request.page);
    let scaling = Scaling {
        environment,
        said: said(),
        growing,
        threads,
    };
    write_scaling(&path, &scaling)?;
    eprintln!("written: {}", path.display());
    Ok(())
}

fn request(mut arguments: Vec<String>) -> Result<Request, Box<dyn Error>> {
    const USAGE: &str = "say which file to write: -- [--quick] FILE.md [MODEL]…";
    // Cargo's own.
    arguments.retain(|argument| argument != "--bench");
    let all = arguments.len();
    arguments.retain(|argument| argument != "--quick");
    let quick = arguments.len() < all;
    let Some((page, names)) = arguments.split_first() else {
        return Err(USAGE.into());
    };
    if page.starts_with('-') {
        return Err(USAGE.into());
    }
    let named = |name: &String| {
        let unknown = || format!("no model is called {name}; `experiments models` lists them");
        REGISTRY.find(name).ok_or_else(unknown)
    };
    let models: Vec<&ModelEntry> = match names {
        [] => REGISTRY.models().iter().collect(),
        names => names.iter().map(named).collect::<Result<_, _>>()?,
    };
    Ok(Request {
        page: page.clone(),
        quick,
        models,
    })
}

/// The command line, as one would type it.
fn command(request: &Request) -> String {
    let mut command = "cargo bench --profile dev -p experiments --bench scaling --".to_owned();
    if request.quick {
        command += " --quick";
    }
    command = format!("{command} {}", request.page);
    if request.models.len() < REGISTRY.models().len() {
        for model in &request.models {
            command = format!("{command} {}", model.id);
        }
    }
    command
}

fn said() -> String {
    format!(
        "Each fit is a process of its own with {THREADS} threads, and its memory is the most that this process has at a time, \
         program and data included. Where a fit takes less than {} s, time and memory are medians of {}. Models have their \
         defaults. The kernel machines keep their memory below `memory_mb`: beyond it they get slower in place of larger.",
        measure::SHORT,
        measure::REPEATS
    )
}

fn rows(models: &[&'static ModelEntry], sizes: Sizes, mnist: &Splits) -> Growing {
    let of_model = |model: &&ModelEntry| {
        tell("rows", model);
        growing(model, sizes, THREADS, |rows| pictures(mnist, rows))
    };
    Growing {
        what: "rows".to_owned(),
        said: format!(
            "Training pictures of MNIST, {} features each, of {} classes; each fit is judged on {JUDGED} others of them. {}",
            mnist.train.samples().features(),
            mnist.train.classes(),
            sizes.said()
        ),
        models: models.iter().map(of_model).collect(),
    }
}

fn features(models: &[&'static ModelEntry], sizes: Sizes) -> Growing {
    let shape = |features| Shape { features, ..FIXED };
    Growing {
        what: "features".to_owned(),
        said: format!(
            "{} rows of {} classes. {} {}",
            FIXED.rows,
            FIXED.classes,
            of_drawn(),
            sizes.said()
        ),
        models: on_drawn(models, sizes, "features", shape),
    }
}

fn classes(models: &[&'static ModelEntry], sizes: Sizes) -> Growing {
    let shape = |classes| Shape { classes, ..FIXED };
    Growing {
        what: "classes".to_owned(),
        said: format!(
            "{} rows of {} features, drawn as above, so that a class has fewer rows the more classes there are. {}",
            FIXED.rows,
            FIXED.features,
            sizes.said()
        ),
        models: on_drawn(models, sizes, "classes", shape),
    }
}

fn of_drawn() -> String {
    format!(
        "They are drawn: Gaussian classes whose means are {} standard deviations apart, so that they overlap. Models that are \
         for pictures alone get the same values as pixels.",
        drawn::APART
    )
}

fn on_drawn(
    models: &[&'static ModelEntry],
    sizes: Sizes,
    what: &str,
    shape: impl Fn(usize) -> Shape,
) -> Vec<ModelCosts> {
    let of_model = |model: &&ModelEntry| {
        tell(what, model);
        let as_pictures = model.suits == Suits::Pictures;
        growing(model, sizes, THREADS, |size| {
            gaussian(shape(size), as_pictures)
        })
    };
    models.iter().map(of_model).collect()
}

/// Each model with one thread and with two, on the most rows that it was fitted to quickly.
fn threads(models: &[&ModelEntry], rows: &[ModelCosts], mnist: &Splits) -> Vec<ThreadCosts> {
    let of_model = |(model, costs): (&&ModelEntry, &ModelCosts)| {
        tell("threads", model);
        let quick = costs.fits.iter().filter(|fit| fit.seconds <= FOR_THREADS);
        let rows = quick.last()?.size;
        let seconds = |threads| Some(cost(model, pictures(mnist, rows), threads).ok()?[0]);
        Some(ThreadCosts {
            id: model.id.to_owned(),
            rows,
            seconds: [seconds(1)?, seconds(THREADS)?],
        })
    };
    models.iter().zip(rows).filter_map(of_model).collect()
}

fn tell(what: &str, model: &ModelEntry) {
    eprintln!("{what}: {}", model.id);
}
