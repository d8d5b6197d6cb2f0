//! Loads a path and says what was found: `cargo run -p catalog --example load -- titanic.csv survived`.

use catalog::{Content, Inspection, Options, inspect, load};
use std::path::Path;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().expect("a path");
    let options = Options {
        label: arguments.next(),
        group: arguments.next(),
        ..Options::default()
    };
    let loaded = match load(Path::new(&path), &options) {
        Ok(loaded) => loaded,
        Err(error) => return println!("{error}"),
    };
    println!("{}: {}", loaded.id, loaded.notes.join("; "));
    if let Content::Table { train, test } = &loaded.content {
        println!(
            "{} + {} rows, {:?}",
            train.len(),
            test.len(),
            test.class_names()
        );
    }
    show(&inspect(&loaded));
    match loaded.prepared(&tables::Settings::default()) {
        Err(error) => println!("{error}"),
        Ok((splits, preparation)) => {
            for column in preparation.iter().flat_map(tables::Preparation::columns) {
                println!("  {}: {column}", column.name);
            }
            let (train, test) = (&splits.train, &splits.test);
            println!(
                "{} × {} and {} samples",
                train.len(),
                train.samples().features(),
                test.len()
            );
        }
    }
}

fn show(found: &Inspection) {
    println!(
        "{} training rows stand twice, {} of them with another label; {} test rows are training rows",
        found.repeated.len(),
        found.contradicting.len(),
        found.in_both.len()
    );
    for same in found.in_both.iter().take(10) {
        println!("  test row {} is training row {}", same.second, same.first);
    }
    for near in found.nearly_in_both.iter().flatten().take(20) {
        println!(
            "  test row {} is nearly training row {} ({:.2})",
            near.test, near.train, near.difference
        );
    }
    for column in found.columns.iter().filter(|column| column.tells_the_label) {
        println!(
            "  {} tells the label ({:.3})",
            column.name, column.right_alone
        );
    }
}
