//! Accepts connections, and reads requests from each: so many at a time, and none for ever.

use crate::limits::Limits;
use crate::routes::{crowded, router};
use crate::state::State;
use axum::Router;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// Bytes that the head of a request may have, and that a connection keeps.
const HEAD: usize = 16 << 10;

/// Answers on a listener until `stop` is there. Then no connection is accepted, requests that are being
/// answered are answered, and what takes longer than the limit ends.
pub(crate) async fn answer(listener: TcpListener, state: State, stop: impl Future<Output = ()>) {
    let graceful = Arc::new(GracefulShutdown::new());
    let time = state.limits.time;
    let accepting = tokio::spawn(accept(listener, state, Arc::clone(&graceful)));
    stop.await;
    accepting.abort();
    let _ = accepting.await;
    if let Some(graceful) = Arc::into_inner(graceful) {
        let _ = timeout(time, graceful.shutdown()).await;
    }
}

async fn accept(listener: TcpListener, state: State, graceful: Arc<GracefulShutdown>) {
    let most = state.limits.connections;
    // Beyond them, the system keeps who knocks.
    let places = Arc::new(Semaphore::new(2 * most));
    let (router, crowded) = (router(state.clone()), crowded(state.clone()));
    let builder = builder(&state.limits);
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            // No file handle is left: one may be in a moment.
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        let open = state.metrics.connections.add(1);
        let is_crowded = usize::try_from(open).is_ok_and(|open| open >= most);
        let router = if is_crowded { &crowded } else { &router };
        let connection = connection(&builder, stream, router.clone());
        let connection = graceful.watch(connection);
        let metrics = Arc::clone(&state.metrics);
        tokio::spawn(async move {
            // A client may go at any time.
            let _ = connection.await;
            metrics.connections.add(-1);
            drop(place);
        });
    }
}

fn builder(limits: &Limits) -> Builder {
    let mut builder = Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle)
        .max_buf_size(HEAD);
    builder
}

fn connection(
    builder: &Builder,
    stream: TcpStream,
    router: Router,
) -> hyper::server::conn::http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>> {
    // An answer is one packet, and must not wait for another.
    let _ = stream.set_nodelay(true);
    builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
}
