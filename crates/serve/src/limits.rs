//! How much the server takes on.

use std::time::Duration;

/// How much the server takes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the body of a request; more are refused with 413.
    pub body: usize,
    /// Bytes that a picture may take in memory, four for each pixel; a larger one is refused with 422.
    pub picture: u64,
    /// For reading a body (408), and for an answer (503).
    pub time: Duration,
    /// Until the head of a request is there, or the next one on the same connection; then the connection ends.
    pub idle: Duration,
    /// Questions that wait for a worker; more are refused with 429.
    pub waiting: usize,
    /// Connections at a time; on as many more, every request is refused with 503.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1 << 20,
            picture: 16 << 20,
            time: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            waiting: 256,
            connections: 1_024,
        }
    }
}
