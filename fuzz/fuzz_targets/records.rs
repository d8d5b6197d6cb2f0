//! Records: a whole file of a run, and of searches.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let directory = fuzz::directory();
    let path = fuzz::write(&directory, "run.jsonl", bytes);
    fuzz::check(records::read_records(&path));
});
