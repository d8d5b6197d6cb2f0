//! Files of IDX: pictures and labels, gzipped or plain.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::check(catalog::read_images("images", bytes));
    fuzz::check(catalog::read_labels("labels", bytes));
});
