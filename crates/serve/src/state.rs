//! What every request can reach.

use crate::disagreements::Disagreements;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::models::Models;
use crate::workers::Queue;
use axum::body::Bytes;
use std::sync::Arc;

/// What every request can reach.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) queue: Queue,
    pub(crate) limits: Limits,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) disagreements: Arc<Disagreements>,
    /// What does not change while the server runs.
    pub(crate) fixed: Arc<Fixed>,
}

/// What does not change while the server runs.
pub(crate) struct Fixed {
    pub(crate) page: Bytes,
    /// The content security policy of the page.
    pub(crate) policy: String,
    pub(crate) openapi: Bytes,
    pub(crate) models: Bytes,
}

impl Fixed {
    pub(crate) fn new(models: &Models, limits: &Limits) -> Self {
        let (page, policy) = crate::page::page(models);
        Self {
            page: page.into(),
            policy,
            openapi: crate::openapi::document(models, limits).to_string().into(),
            models: crate::openapi::models(models).to_string().into(),
        }
    }
}
