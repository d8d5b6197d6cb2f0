//! Reads the body of a request, up to a limit of bytes and of time.

use crate::limits::Limits;
use crate::refusal::Refusal;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::StatusCode;
use http_body_util::BodyExt;
use tokio::time::timeout;

/// So much more than the limit is still read, so that a client who sends too much sees why it is refused.
const DRAINED: usize = 16;

/// All bytes of a body.
pub(crate) async fn read(body: Body, limits: &Limits) -> Result<Bytes, Refusal> {
    match timeout(limits.time, up_to(body, limits.body)).await {
        Ok(read) => read,
        Err(_) => Err(Refusal::new(
            StatusCode::REQUEST_TIMEOUT,
            "body",
            format!("not there after {} s", limits.time.as_secs_f64()),
            "the whole body at once",
        )),
    }
}

async fn up_to(mut body: Body, most: usize) -> Result<Bytes, Refusal> {
    // Who says the length is not waited for.
    if body.size_hint().lower() > (DRAINED * most) as u64 {
        return Err(too_large(most));
    }
    let (mut all, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            let what = error.to_string();
            Refusal::new(StatusCode::BAD_REQUEST, "body", what, "a body of HTTP/1.1")
        })?;
        let Ok(bytes) = frame.into_data() else {
            continue;
        };
        length += bytes.len();
        if length > DRAINED * most {
            break;
        }
        if length <= most {
            // Most bodies come in one piece.
            if all.is_empty() && body.is_end_stream() {
                return Ok(bytes);
            }
            all.extend_from_slice(&bytes);
        }
    }
    if length > most {
        return Err(too_large(most));
    }
    Ok(all.into())
}

fn too_large(most: usize) -> Refusal {
    let expected = format!("at most {most} bytes");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "body", "too large", expected)
}
