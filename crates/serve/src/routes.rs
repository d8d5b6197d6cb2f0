//! Which path does what.

use crate::body;
use crate::question::{Form, Question};
use crate::refusal::{JSON, Refusal};
use crate::state::State;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State as From};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use tokio::time::Instant;

/// Every path; others are none.
pub(crate) const PATHS: [&str; 7] = [
    "/",
    "/health",
    "/metrics",
    "/openapi.json",
    "/v1/models",
    "/v1/predict",
    "/v1/disagreements",
];

/// The router of a connection.
pub(crate) fn router(state: State) -> Router {
    let [
        page,
        health,
        metrics,
        openapi,
        models,
        predict,
        disagreements,
    ] = PATHS;
    Router::new()
        .route(page, get(self::page))
        .route(health, get(async || json_of(r#"{"status":"ok"}"#)))
        .route(metrics, get(self::metrics))
        .route(openapi, get(self::openapi))
        .route(models, get(self::models))
        .route(predict, post(self::predict))
        .route(disagreements, get(self::disagreements))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(state.clone(), around))
        .with_state(state)
}

/// The router of a connection that is one too many.
pub(crate) fn crowded(state: State) -> Router {
    let refuse = async || {
        let what = "too many connections";
        let refusal = Refusal::busy(StatusCode::SERVICE_UNAVAILABLE, what);
        let mut response = refusal.into_response();
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
        response
    };
    Router::new()
        .fallback(refuse)
        .layer(from_fn_with_state(state, around))
}

/// Counts every request, and tells browsers to keep to what is sent.
async fn around(From(state): From<State>, request: Request, next: Next) -> Response<Body> {
    let path = request.uri().path();
    let path = PATHS.into_iter().find(|known| *known == path);
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    state.metrics.count(path.unwrap_or("other"), status);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn page(From(state): From<State>) -> impl IntoResponse {
    let html = (header::CONTENT_TYPE, "text/html; charset=utf-8");
    let policy = (header::CONTENT_SECURITY_POLICY, state.fixed.policy.as_str());
    let headers = [html, policy].map(|(name, value)| {
        let value = HeaderValue::from_str(value);
        (
            name,
            value.unwrap_or(HeaderValue::from_static("default-src 'none'")),
        )
    });
    (headers, state.fixed.page.clone())
}

async fn metrics(From(state): From<State>) -> impl IntoResponse {
    let text: (HeaderName, &str) = (
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    );
    ([text], state.metrics.page())
}

async fn openapi(From(state): From<State>) -> Response<Body> {
    json_of(state.fixed.openapi.clone())
}

async fn models(From(state): From<State>) -> Response<Body> {
    json_of(state.fixed.models.clone())
}

async fn disagreements(From(state): From<State>) -> Response<Body> {
    json_of(state.disagreements.now())
}

async fn predict(From(state): From<State>, request: Request) -> Response<Body> {
    let question = match read(request, &state).await {
        Ok(question) => question,
        Err(refusal) => return refusal.into_response(),
    };
    let asked = Instant::now();
    let answered = state.queue.ask(question).await;
    state.metrics.took(asked.elapsed());
    match answered {
        Ok(answer) => json_of(answer),
        Err(refusal) => refusal.into_response(),
    }
}

async fn read(request: Request, state: &State) -> Result<Question, Refusal> {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let form = Form::of(content_type.map(|value| value.to_str().unwrap_or("?")))?;
    let explain = explained(request.uri().query().unwrap_or_default())?;
    let body = body::read(request.into_body(), &state.limits).await?;
    Ok(Question {
        body,
        form,
        explain,
    })
}

/// The model that the query asks to be explained.
fn explained(query: &str) -> Result<Option<String>, Refusal> {
    let mut explain = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let refused = |what: String| {
            let expected = "explain=MODEL, or nothing";
            Err(Refusal::unanswerable("query", what, expected))
        };
        match pair.split_once('=') {
            Some(("explain", name)) if explain.is_none() => match decoded(name) {
                Some(name) => explain = Some(name),
                None => return refused("a name that is not UTF-8".to_owned()),
            },
            _ => return refused(format!("unknown: {}", catalog::shown(pair))),
        }
    }
    Ok(explain)
}

/// A value of a query without its `%` and `+`.
fn decoded(value: &str) -> Option<String> {
    let mut bytes = value.bytes();
    let mut decoded = Vec::with_capacity(value.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                // Numbers may have a sign, and these may not.
                digits.iter().all(u8::is_ascii_hexdigit).then_some(())?;
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

async fn unknown(request: Request) -> Refusal {
    let path = catalog::shown(request.uri().path());
    let what = format!("nothing is at {path}");
    Refusal::new(StatusCode::NOT_FOUND, "path", what, PATHS.join(", "))
}

async fn wrong_method(request: Request) -> Refusal {
    let is_predict = request.uri().path() == "/v1/predict";
    let expected = if is_predict { "POST" } else { "GET" };
    let what = format!("not with {}", request.method());
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method", what, expected)
}

fn json_of(body: impl Into<Bytes>) -> Response<Body> {
    ([JSON], body.into()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_one_model_and_nothing_else() {
        assert_eq!(explained(""), Ok(None));
        assert_eq!(explained("explain=a%20b+c"), Ok(Some("a b c".to_owned())));
        for wrong in [
            "explain",
            "explain=%",
            "explain=%ff",
            "explain=%+f",
            "x=1",
            "explain=a&explain=b",
        ] {
            assert_eq!(explained(wrong).unwrap_err().status, 422, "{wrong}");
        }
    }
}
