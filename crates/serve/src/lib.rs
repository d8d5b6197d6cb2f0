//! Kept models behind HTTP: a page to draw on, a JSON API, metrics.
//!
//! [`Models`] are kept models that answer the same questions. [`Server`] binds an address and answers
//! there until [`Stop::stop`]:
//!
//! | path | |
//! |---|---|
//! | `GET /` | the page |
//! | `POST /v1/predict` | what each model answers to a picture or a row, and why |
//! | `GET /v1/models` | which models there are, and what they take |
//! | `GET /v1/disagreements` | test pictures on which the models disagree |
//! | `GET /openapi.json` | all of this for programs |
//! | `GET /health`, `GET /metrics` | whether it answers, and how much and how fast, as Prometheus reads it |
//!
//! # How a question is answered
//! One thread reads and writes. It puts each question, as it came, into one queue, from which as many workers
//! as there are processors take them. A worker reads the question, makes of it what the models were fitted to, and
//! asks each model about this sample alone: the answer is bit by bit that of `predict`, whoever else asks at the
//! same time; only `burn-flex` rounds otherwise with a sample alone (in the sixth digit). What is too large, too
//! slow or too much is refused with a [status](Refusal) that says so, and never answered wrongly.

mod answer;
mod body;
mod connections;
mod disagreements;
mod limits;
mod metrics;
mod models;
mod openapi;
mod page;
mod pixels;
mod question;
mod refusal;
mod routes;
mod server;
mod state;
mod workers;

pub use limits::Limits;
pub use models::{Models, Unservable};
pub use refusal::Refusal;
pub use server::{Server, Stop};
