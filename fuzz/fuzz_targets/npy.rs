//! Two arrays of NumPy's in a directory; the labels are as they should be.
#![no_main]

/// The classes of two rows.
const LABELS: &[u8] = include_bytes!("../seeds/npy/labels");

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let directory = fuzz::directory();
    fuzz::write(&directory, "y.npy", LABELS);
    let path = fuzz::write(&directory, "X.npy", bytes);
    fuzz::load(directory.path());
    fuzz::check(catalog::read_values(&path, &|_| {
        Some(catalog::Wanted::Names)
    }));
});
