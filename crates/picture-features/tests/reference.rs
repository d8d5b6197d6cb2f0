//! The features against those of an independent program by the textbook, with angles and in f64:
//! `reference/gradient_directions.py`, which wrote `reference/cases.txt`.

use data::PictureShape;
use picture_features::{GradientDirections, Normalisation, Settings};

const CASES: &str = include_str!("reference/cases.txt");

struct Case {
    shape: PictureShape,
    settings: Settings,
    pixels: Vec<u8>,
    features: Vec<f32>,
}

/// Three lines: settings, pixels, features.
fn case([settings, pixels, features]: &[&str; 3]) -> Case {
    let words: Vec<&str> = settings.split(' ').collect();
    let whole = |place: usize| words[place].parse().unwrap();
    let real = |place: usize| words[place].parse().unwrap();
    Case {
        shape: PictureShape {
            rows: whole(0),
            columns: whole(1),
        },
        settings: Settings {
            normalisation: match words[2] {
                "none" => Normalisation::None,
                "upright" => Normalisation::Upright,
                "size" => Normalisation::Size {
                    size: real(3),
                    aspect: real(4),
                },
                other => panic!("{other}"),
            },
            directions: whole(5),
            grid: whole(6),
            blur: real(7),
        },
        pixels: pixels
            .split(' ')
            .map(|word| word.parse().unwrap())
            .collect(),
        features: features
            .split(' ')
            .map(|word| word.parse().unwrap())
            .collect(),
    }
}

fn cases() -> Vec<Case> {
    let lines: Vec<&str> = CASES.lines().collect();
    lines.as_chunks().0.iter().map(case).collect()
}

#[test]
fn features_are_those_of_the_textbook() {
    let cases = cases();
    assert_eq!(cases.len(), 5);
    for case in cases {
        let features = GradientDirections::new(case.shape, &case.settings).unwrap();
        let values = features.of_pixels(&case.pixels);
        assert_eq!(values.len(), case.features.len(), "{:?}", case.settings);
        for (&byte, &value) in values.iter().zip(&case.features) {
            // Half a step, and what f32 loses.
            let distance = (f32::from(byte) / 255.0 - value).abs();
            assert!(
                distance < 0.51 / 255.0,
                "{byte} for {value}, {:?}",
                case.settings
            );
        }
        if case.settings.normalisation == Normalisation::None {
            let white: Vec<f32> = case.pixels.iter().map(|&p| f32::from(p) / 255.0).collect();
            for (real, value) in features.of_reals(&white).iter().zip(&case.features) {
                assert!((real - value).abs() < 1e-4, "{real} for {value}");
            }
        }
    }
}
