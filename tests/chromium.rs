//! The browser of tests.

use std::path::PathBuf;

/// The browser, under one of the names that distributions give it.
pub(crate) fn chromium() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let places = std::env::split_paths(&path);
    let mut files = places.flat_map(|place| names.map(|name| place.join(name)));
    files
        .find(|file| file.is_file())
        .expect("one of chromium, chromium-browser, google-chrome on the path")
}
