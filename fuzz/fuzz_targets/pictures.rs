//! Pictures: those of a folder, and one that a model is asked about.
#![no_main]

use catalog::Manner;
use data::PictureShape;

/// A grey picture of 2 × 2.
const OTHER: &[u8] = include_bytes!("../seeds/pictures/grey.pgm");

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let shape = PictureShape {
        rows: 2,
        columns: 2,
    };
    for manner in [Manner::Scaled, Manner::Colour, Manner::Digit] {
        fuzz::check(catalog::ask_picture(bytes, fuzz::MEMORY, shape, manner));
    }
    let directory = fuzz::directory();
    for (class, name, bytes) in [("a", ending(bytes), bytes), ("b", "other.pgm", OTHER)] {
        std::fs::create_dir(directory.path().join(class)).expect("a folder can be made");
        fuzz::write(&directory, &format!("{class}/{name}"), bytes);
    }
    fuzz::load(directory.path());
});

/// A folder knows pictures by their endings.
fn ending(bytes: &[u8]) -> &'static str {
    match bytes {
        [0x89, ..] => "a.png",
        [0xff, ..] => "a.jpg",
        [b'B', ..] => "a.bmp",
        _ => "a.ppm",
    }
}
