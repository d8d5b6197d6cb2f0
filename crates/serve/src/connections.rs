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
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

/// Bytes that the head of a request may have, and that a connection keeps.
const HEAD: usize = 16 << 10;

/// For how long at the end those are heard who were let in last: what they ask is on its way.
const LAST_WORDS: Duration = Duration::from_millis(50);

/// Answers on a listener until `stop` is there. Then those who have knocked are let in and no others, requests that
/// are there are answered, and what takes longer than the limit ends.
pub(crate) async fn answer(listener: TcpListener, state: State, stop: impl Future<Output = ()>) {
    let time = state.limits.time;
    let (door, listener) = (Arc::new(Door::new(state)), Arc::new(listener));
    let accepting = tokio::spawn(accept(Arc::clone(&listener), Arc::clone(&door)));
    stop.await;
    accepting.abort();
    let _ = accepting.await;
    if let Some(Ok(listener)) = Arc::into_inner(listener).map(TcpListener::into_std) {
        // The system took them for this server; if the listener went before them, they would be reset.
        while let (Some(place), Ok((stream, _))) = (door.place_now(), listener.accept()) {
            let stream = stream.set_nonblocking(true).map(|()| stream);
            if let Ok(stream) = stream.and_then(TcpStream::from_std) {
                door.enter(stream, place);
            }
        }
    }
    sleep(LAST_WORDS).await;
    if let Some(door) = Arc::into_inner(door) {
        let _ = timeout(time, door.graceful.shutdown()).await;
    }
}

async fn accept(listener: Arc<TcpListener>, door: Arc<Door>) {
    while let Some(place) = door.place().await {
        match listener.accept().await {
            Ok((stream, _)) => door.enter(stream, place),
            // No file handle is left: one may be in a moment.
            Err(_) => sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Lets connections in.
struct Door {
    state: State,
    router: Router,
    /// For those beyond the limit.
    crowded: Router,
    builder: Builder,
    /// Beyond them, the system keeps who knocks.
    places: Arc<Semaphore>,
    graceful: GracefulShutdown,
}

impl Door {
    fn new(state: State) -> Self {
        Self {
            router: router(state.clone()),
            crowded: crowded(state.clone()),
            builder: builder(&state.limits),
            places: Arc::new(Semaphore::new(2 * state.limits.connections)),
            graceful: GracefulShutdown::new(),
            state,
        }
    }

    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    fn place_now(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// Answers what is asked on a connection.
    fn enter(&self, stream: TcpStream, place: OwnedSemaphorePermit) {
        let open = self.state.metrics.connections.add(1);
        let most = self.state.limits.connections;
        let is_crowded = usize::try_from(open).is_ok_and(|open| open >= most);
        let router = if is_crowded {
            &self.crowded
        } else {
            &self.router
        };
        let connection = connection(&self.builder, stream, router.clone());
        let connection = self.graceful.watch(connection);
        let metrics = Arc::clone(&self.state.metrics);
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
