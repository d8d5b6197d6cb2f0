//! Why a request was not answered: a status, and what was wrong, where, and what would be right.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::json;

/// Why a request was not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The status of HTTP.
    pub status: u16,
    /// What was wrong.
    pub what: String,
    /// In which part of the request.
    #[serde(rename = "where")]
    pub place: String,
    /// What would be right.
    pub expected: String,
}

impl Refusal {
    pub(crate) fn new(
        status: StatusCode,
        place: impl Into<String>,
        what: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            status: status.as_u16(),
            what: what.into(),
            place: place.into(),
            expected: expected.into(),
        }
    }

    /// The server's own fault.
    pub(crate) fn failed(what: &str) -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "server", what, "please report this")
    }

    /// The question can be read, and cannot be answered.
    pub(crate) fn unanswerable(
        place: impl Into<String>,
        what: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, place, what, expected)
    }

    /// There is too much to do.
    pub(crate) fn busy(status: StatusCode, what: impl Into<String>) -> Self {
        Self::new(status, "server", what, "the same request in a second")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response<Body> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({ "error": self }).to_string();
        let mut response = (status, [JSON], body).into_response();
        if [429, 503].contains(&self.status) {
            let second = HeaderValue::from_static("1");
            response.headers_mut().insert(header::RETRY_AFTER, second);
        }
        response
    }
}

/// What a body of JSON is called.
pub(crate) const JSON: (header::HeaderName, HeaderValue) = (
    header::CONTENT_TYPE,
    HeaderValue::from_static("application/json"),
);
