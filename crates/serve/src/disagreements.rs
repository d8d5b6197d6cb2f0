//! The test pictures on which models disagree, found once, when somebody asks for them.

use crate::models::{Input, Models};
use axum::body::Bytes;
use catalog::{CatalogEntry, Sealed, search_path, shown};
use classifier::with_threads;
use serde::Serialize;
use serde_json::{Value, json};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// The most pictures that are shown.
const MOST: usize = 200;

/// Test pictures that models are asked about at a time.
const AT_A_TIME: usize = 500;

/// The test pictures on which models disagree.
pub(crate) struct Disagreements {
    models: Arc<Models>,
    found: Arc<Mutex<Found>>,
}

enum Found {
    /// Nobody asked yet.
    Unasked,
    /// So many pictures of so many.
    Searching([usize; 2]),
    /// All, or why there are none, as JSON: it may be long, and many may ask.
    Done(Bytes),
}

/// A picture on which models disagree.
#[derive(Serialize)]
struct Disagreement {
    /// Its place among the test pictures, from 0.
    index: usize,
    /// What it is.
    label: String,
    /// What each model says, in the order of the models.
    says: Vec<String>,
    pixels: Vec<u8>,
}

impl Disagreements {
    pub(crate) fn new(models: &Arc<Models>) -> Self {
        Self {
            models: Arc::clone(models),
            found: Arc::new(Mutex::new(Found::Unasked)),
        }
    }

    /// What is known now. Who asks first starts the search.
    pub(crate) fn now(&self) -> Bytes {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        match &*found {
            Found::Done(json) => json.clone(),
            Found::Searching(progress) => searching(*progress),
            Found::Unasked => {
                *found = Found::Searching([0, 0]);
                let (models, found) = (Arc::clone(&self.models), Arc::clone(&self.found));
                std::thread::spawn(move || {
                    let progress = |seen, all| set(&found, Found::Searching([seen, all]));
                    // A model that panics must not leave everybody waiting.
                    let search = AssertUnwindSafe(|| with_threads(1, || search(&models, progress)));
                    let value = match catch_unwind(search) {
                        Ok(Ok(value)) => value,
                        Ok(Err(reason)) => json!({ "none": reason }),
                        Err(_) => json!({ "none": "a model failed" }),
                    };
                    set(&found, Found::Done(value.to_string().into()));
                });
                searching([0, 0])
            }
        }
    }
}

fn searching([seen, all]: [usize; 2]) -> Bytes {
    let progress = json!({"searching": {"seen": seen, "of": all}});
    progress.to_string().into()
}

fn set(found: &Mutex<Found>, value: Found) {
    *found.lock().unwrap_or_else(PoisonError::into_inner) = value;
}

/// All disagreements, or why there are none to be had.
fn search(models: &Models, progress: impl Fn(usize, usize) + Send + Sync) -> Result<Value, String> {
    let Input::Picture { shape, .. } = models.input else {
        return Err("these models take rows, and only pictures are shown here".to_owned());
    };
    if models.all.len() < 2 {
        return Err("one model alone disagrees with nobody; serve two or more".to_owned());
    }
    let test = test_pictures(models)?;
    let samples = test.samples();
    if samples.pictures() != models.all[0].kept.about.pictures()
        || test.class_names() != models.classes()
    {
        return Err("the test pictures of the data set here are of another form".to_owned());
    }
    // The models are kept: what is seen here cannot change them.
    let labels = test.look().labels();
    let classes = models.classes();
    let (mut count, mut shown) = (0, Vec::new());
    for start in (0..samples.len()).step_by(AT_A_TIME) {
        progress(start, samples.len());
        let some = samples.slice(start..(start + AT_A_TIME).min(samples.len()));
        let says = models
            .all
            .iter()
            .map(|model| model.kept.predict(&some).0.labels());
        let says: Vec<Vec<usize>> = says.collect();
        for i in 0..some.len() {
            let of_picture: Vec<usize> = says.iter().map(|all| all[i]).collect();
            if of_picture.iter().all(|&class| class == of_picture[0]) {
                continue;
            }
            count += 1;
            if shown.len() < MOST {
                let name = |&class: &usize| classes[class].clone();
                shown.push(Disagreement {
                    index: start + i,
                    label: name(&labels[start + i]),
                    says: of_picture.iter().map(name).collect(),
                    pixels: some.slice(i..i + 1).pixels().unwrap_or_default().to_vec(),
                });
            }
        }
    }
    let names: Vec<&str> = models.names().collect();
    Ok(json!({
        "models": names,
        "data": models.all[0].kept.about.data.title,
        "of": samples.len(),
        "count": count,
        "rows": shape.rows,
        "columns": shape.columns,
        "pictures": shown,
    }))
}

/// The test pictures of the data set that all models were trained on, if they are on this machine.
fn test_pictures(models: &Models) -> Result<Sealed, String> {
    let data = &models.all[0].kept.about.data;
    let others = models.all.iter().map(|model| &model.kept.about.data);
    if let Some(other) = others.into_iter().find(|other| other.name != data.name) {
        let [one, other] = [&data.title, &other.title].map(|title| shown(title));
        return Err(format!(
            "the models were trained on different data: {one}, {other}"
        ));
    }
    let title = shown(&data.title);
    let Some(entry) = CatalogEntry::find(&data.name) else {
        return Err(format!("{title} is no data set that is known by name"));
    };
    let loaded = entry.load(&entry.locate(&search_path()));
    match loaded.map_err(|error| error.to_string())? {
        None => Err(format!("{title} is not on this machine")),
        Some(splits) if splits.sha256[2..] != data.sha256[2..] => Err(format!(
            "the test pictures of {title} here are not those of the models"
        )),
        Some(splits) => Ok(splits.test),
    }
}
