//! A server: bound to an address, run until it is stopped.

use crate::connections;
use crate::disagreements::Disagreements;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::models::{Models, Unservable};
use crate::state::{Fixed, State};
use crate::workers::Queue;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use tokio::sync::Notify;

/// A server that is bound to an address.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    models: Arc<Models>,
    limits: Limits,
    stop: Stop,
}

/// Stops a server, from any thread.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Notify>);

impl Stop {
    /// Stops the server, now or as soon as it runs.
    pub fn stop(&self) {
        self.0.notify_one();
    }
}

impl Server {
    /// Binds an address; port 0 is any that is free.
    ///
    /// # Errors
    /// [`Unservable::Address`].
    pub fn bind(address: SocketAddr, models: Models, limits: Limits) -> Result<Self, Unservable> {
        let failed = |reason| Unservable::Address { address, reason };
        let listener = TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        Ok(Self {
            address: listener.local_addr().map_err(failed)?,
            listener,
            models: Arc::new(models),
            limits,
            stop: Stop::default(),
        })
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What stops it.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Answers until it is stopped; then what is being answered is still answered.
    ///
    /// # Errors
    /// [`Unservable::Address`] if the system gives no threads or no sockets.
    pub fn run(self) -> Result<(), Unservable> {
        let Self {
            listener,
            address,
            models,
            limits,
            stop,
        } = self;
        let failed = |reason| Unservable::Address { address, reason };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(failed)?;
        let metrics = Arc::new(Metrics::default());
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let queue = Queue::start(processors, &models, &limits, &metrics).map_err(failed)?;
        let state = State {
            queue,
            metrics,
            disagreements: Arc::new(Disagreements::new(&models)),
            fixed: Arc::new(Fixed::new(&models, &limits)),
            limits,
        };
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
            connections::answer(listener, state, stop.0.notified()).await;
            Ok(())
        })
        // With the last connection the last copy of the queue goes, and with it the workers.
    }
}
