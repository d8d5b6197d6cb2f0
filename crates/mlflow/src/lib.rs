//! A report in an MLflow tracking server, over its REST API 2.0.

use analysis::{ModelSummary, Report, Status};
use records::Number;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// The tag by which a run is found again, on it once all of it is logged.
const LOGGED: &str = "plumbline.run";

/// What the server takes at once.
const MOST_METRICS: usize = 1_000;
const MOST_PARAMETERS: usize = 100;

/// Why a report could not be logged.
#[derive(Debug, thiserror::Error)]
#[error("tracking server {uri}: {reason}")]
pub struct TrackingError {
    /// The server's address.
    pub uri: String,
    /// What it said, or why it could not be asked.
    pub reason: String,
}

/// What was logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The experiment's name.
    pub experiment: String,
    /// Models that are new.
    pub new: usize,
    /// Models that were there already.
    pub there: usize,
}

/// Logs every planned model as an MLflow run of the experiment "plumbline/DATASET": its
/// hyper-parameters, its measurements, its epochs. Those that are there already are left alone, so
/// that it can be repeated. `began` is when the run began, in seconds since 1970.
///
/// # Errors
/// [`TrackingError`] if the server cannot be reached, or does not do what it is asked for.
pub fn log(report: &Report, began: f64, uri: &str) -> Result<Logged, TrackingError> {
    let server = Server::new(uri);
    let name = format!("plumbline/{}", report.dataset.name);
    let experiment = server.experiment(&name)?;
    let there = server.logged(&experiment, &report.run)?;
    let new = report.models.iter().filter(|m| !there.contains(&m.id));
    let mut logged = 0;
    for model in new {
        server.log(&experiment, report, model, (began * 1e3) as u64)?;
        logged += 1;
    }
    Ok(Logged {
        experiment: name,
        new: logged,
        there: there.len(),
    })
}

struct Server {
    uri: String,
    agent: ureq::Agent,
}

impl Server {
    fn new(uri: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_mins(1)))
            .timeout_recv_body(Some(Duration::from_mins(1)))
            .http_status_as_error(false)
            .build();
        Self {
            uri: uri.trim_end_matches('/').to_owned(),
            agent: agent.into(),
        }
    }

    /// The experiment's id; it is made if there is none of this name.
    fn experiment(&self, name: &str) -> Result<String, TrackingError> {
        let filter = format!("name = '{name}'");
        let found = self.post(
            "experiments/search",
            &json!({"filter": filter, "max_results": 1, "view_type": "ACTIVE_ONLY"}),
        )?;
        let found = match found["experiments"][0]["experiment_id"].as_str() {
            Some(id) => return Ok(id.to_owned()),
            None => self.post("experiments/create", &json!({"name": name}))?,
        };
        self.text(&found["experiment_id"], "experiment_id")
    }

    /// The models of a run that were logged before.
    fn logged(&self, experiment: &str, run: &str) -> Result<HashSet<String>, TrackingError> {
        let filter = format!("tags.`{LOGGED}` = '{run}'");
        let query = json!({"experiment_ids": [experiment], "filter": filter, "max_results": 1_000});
        let found = self.post("runs/search", &query)?;
        let runs = found["runs"].as_array().into_iter().flatten();
        Ok(runs
            .filter_map(|run| Some(run["info"]["run_name"].as_str()?.to_owned()))
            .collect())
    }

    fn log(
        &self,
        experiment: &str,
        report: &Report,
        model: &ModelSummary,
        began: u64,
    ) -> Result<(), TrackingError> {
        let created = self.post(
            "runs/create",
            &json!({"experiment_id": experiment, "run_name": model.id, "start_time": began}),
        )?;
        let run = self.text(&created["run"]["info"]["run_id"], "run_id")?;
        for metrics in metrics(model, began).chunks(MOST_METRICS) {
            self.post(
                "runs/log-batch",
                &json!({"run_id": run, "metrics": metrics}),
            )?;
        }
        for parameters in parameters(report, model).chunks(MOST_PARAMETERS) {
            let batch = json!({"run_id": run, "params": parameters});
            self.post("runs/log-batch", &batch)?;
        }
        let batch = json!({"run_id": run, "tags": tags(report, model)});
        self.post("runs/log-batch", &batch)?;
        let status = match model.status {
            Status::Finished => "FINISHED",
            Status::Failed => "FAILED",
            Status::Cancelled | Status::Missing => "KILLED",
        };
        let cost = model.finished.as_ref().map(|of| &of.cost);
        let took = cost.map_or(0.0, |cost| {
            cost.fit_seconds.unwrap_or(0.0) + cost.predict_seconds.unwrap_or(0.0)
        });
        let end = began + (took * 1e3) as u64;
        let update = json!({"run_id": run, "status": status, "end_time": end});
        self.post("runs/update", &update).map(drop)
    }

    fn post(&self, what: &str, body: &Value) -> Result<Value, TrackingError> {
        let url = format!("{}/api/2.0/mlflow/{what}", self.uri);
        let response = self
            .agent
            .post(&url)
            .header("Content-Type", "application/json")
            .send(body.to_string());
        let mut response = response.map_err(|error| self.failed(&error))?;
        let answer = response.body_mut().read_to_string();
        let answer = answer.map_err(|error| self.failed(&error))?;
        let json: Option<Value> = serde_json::from_str(&answer).ok();
        match json {
            Some(json) if response.status().is_success() => Ok(json),
            Some(json) if json["message"].is_string() => {
                Err(self.failed(&json["message"].as_str().unwrap_or_default()))
            }
            _ => {
                let status = response.status();
                Err(self.failed(&format!(
                    "{what} answers {status}; is this an MLflow server?"
                )))
            }
        }
    }

    fn text(&self, value: &Value, key: &str) -> Result<String, TrackingError> {
        let missing = || {
            self.failed(&format!(
                "no {key} in the answer; is this an MLflow server?"
            ))
        };
        value.as_str().map(ToOwned::to_owned).ok_or_else(missing)
    }

    fn failed(&self, reason: &dyn std::fmt::Display) -> TrackingError {
        TrackingError {
            uri: self.uri.clone(),
            reason: reason.to_string(),
        }
    }
}

/// The table's numbers, and three for every epoch.
fn metrics(model: &ModelSummary, timestamp: u64) -> Vec<Value> {
    // An infinite loss is a word in Protocol Buffers' JSON, too.
    let metric = |key: &str, value: f64, step: usize| json!({"key": key, "value": Number(value), "timestamp": timestamp, "step": step});
    let finished = model.finished.as_ref();
    let all = finished.map_or(&[][..], |of| &of.training.epochs);
    let last = all.last().map_or(0, |epoch| epoch.epoch);
    let measured = model.measurements().into_iter();
    let measured = measured.filter_map(|(name, value)| Some(metric(name, value?, last)));
    let epochs = all.iter().flat_map(|epoch| {
        [
            ("epoch_training_loss", epoch.training_loss),
            ("epoch_train_accuracy", epoch.train_accuracy),
            ("epoch_judged_accuracy", epoch.judged_accuracy),
        ]
        .map(|(name, value)| metric(name, value, epoch.epoch))
    });
    measured.chain(epochs).collect()
}

/// The hyper-parameters, and what else the fit was given; of two with one name the former.
fn parameters(report: &Report, model: &ModelSummary) -> Vec<Value> {
    let of_run = [
        ("model", json!(model.model)),
        ("backend", json!(model.backend)),
        ("seed", json!(report.seed)),
        ("train_images", json!(model.train_images)),
    ];
    let of_run = of_run.map(|(name, value)| (name.to_owned(), value));
    let mut parameters = BTreeMap::from(of_run);
    parameters.extend(model.hyperparameters.clone());
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let pair = |(key, value)| json!({"key": key, "value": text(value)});
    parameters.into_iter().map(pair).collect()
}

fn tags(report: &Report, model: &ModelSummary) -> Vec<Value> {
    let mut tags = vec![
        (LOGGED, report.run.clone()),
        (
            "mlflow.source.git.commit",
            report.environment.commit.clone(),
        ),
        ("plumbline.command", report.environment.command.clone()),
        ("plumbline.data.sha256", report.dataset.sha256.join(" ")),
    ];
    let machine = report.environment.machine();
    tags.extend(machine.map(|machine| ("plumbline.machine", machine)));
    tags.extend(
        model
            .reason
            .clone()
            .map(|reason| ("plumbline.reason", reason)),
    );
    let tag = |(key, value): (&str, String)| json!({"key": key, "value": value});
    tags.into_iter().map(tag).collect()
}
