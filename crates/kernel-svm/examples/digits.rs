//! Handwritten digits of 8 × 8 pixels: 200 to learn from, 40 to judge.

use kernel_svm::{Features, Gamma, Settings, fit};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut pixels, mut labels): (Vec<u8>, Vec<usize>) = (Vec::new(), Vec::new());
    for line in include_str!("../tests/digits.txt").lines() {
        let (label, image) = line.split_once(' ').ok_or("a label and an image")?;
        labels.push(label.parse()?);
        for pixel in image.split(' ') {
            pixels.push(pixel.parse()?);
        }
    }
    let (train, test) = pixels.split_at(200 * 64);
    let settings = Settings {
        c: 10.0,
        gamma: Gamma::Scale,
        ..Settings::default()
    };
    let svm = fit(Features::Pixels(train), 64, &labels[..200], &settings)?;
    let answers = svm.classify(Features::Pixels(test));
    let right = answers.iter().zip(&labels[200..]).filter(|(a, b)| a == b);
    println!(
        "{} of {} right, {} support vectors",
        right.count(),
        answers.len(),
        svm.support_vectors()
    );
    let hardest = svm
        .certificates()
        .iter()
        .min_by(|a, b| a.dual_objective.total_cmp(&b.dual_objective));
    println!("the hardest pair: {:#?}", hardest.ok_or("there are pairs")?);
    Ok(())
}
