//! Writes the crate of a new model and registers it, as `CONTRIBUTING.md` says how a model is added.
//!
//! The template is `model-nearest-centroid` as it is: a model that is compiled, tested and part of every
//! comparison. What is written differs from it in its names, in what it says of itself, and in the test of its
//! accuracy, which is left out.

mod error;
mod name;

pub use error::ScaffoldError;

use name::Name;
use records::write_file;
use std::path::{Path, PathBuf};

const SOURCE: &str = include_str!("../../model-nearest-centroid/src/lib.rs");
const MANIFEST: &str = include_str!("../../model-nearest-centroid/Cargo.toml");
/// Where models are registered, and the line that the new one goes before: the floor comes last.
const REGISTRY: &str = "experiments/src/registry.rs";
const LAST: &str = "    model_majority::MAJORITY,\n";
/// Where models have their colours and markers, and the end of the list.
const LOOKS: &str = "crates/report/src/figures/looks.rs";
const END: &str = "\n];";
/// What the program is built with.
const PROGRAM: &str = "experiments/Cargo.toml";

/// Writes the crate `crates/model-NAME` into the sources at or above `directory`, and adds it to the program's
/// dependencies, to the registry and to the list of colours. Gives the files that were written or changed. Checks everything before it
/// writes anything.
///
/// # Errors
/// [`ScaffoldError`].
pub fn new_model(directory: &Path, name: &str) -> Result<Vec<PathBuf>, ScaffoldError> {
    let name = Name::new(name)?;
    let is_top = |path: &&Path| path.join(REGISTRY).is_file() && path.join("crates").is_dir();
    let Some(top) = directory.ancestors().find(is_top) else {
        return Err(ScaffoldError::NoSources {
            path: directory.to_owned(),
        });
    };
    let package = top.join("crates").join(name.package());
    let read = |file: &str| {
        let path = top.join(file);
        let text = std::fs::read_to_string(&path);
        text.map_err(|reason| ScaffoldError::Read { path, reason })
    };
    let (registry, program, looks) = (read(REGISTRY)?, read(PROGRAM)?, read(LOOKS)?);
    let line = format!("    {}::{},\n", name.module(), name.constant());
    if package.exists() || registry.contains(&line) {
        return Err(ScaffoldError::Taken { name: name.id() });
    }
    let missing = |file: &str, missing| ScaffoldError::Changed {
        path: top.join(file),
        missing,
    };
    if !registry.contains(LAST) {
        return Err(missing(REGISTRY, LAST.trim()));
    }
    if !looks.contains(END) {
        return Err(missing(LOOKS, END.trim()));
    }
    let registry = registry.replacen(LAST, &(line + LAST), 1);
    let looks = looks.replacen(END, &format!("\n    \"{}\",{END}", name.id()), 1);
    let program = with_dependency(&program, &name).ok_or_else(|| missing(PROGRAM, "model-"))?;
    let files = [
        (package.join("Cargo.toml"), manifest(&name)),
        (package.join("src/lib.rs"), source(&name)),
        (top.join(PROGRAM), program),
        (top.join(REGISTRY), registry),
        (top.join(LOOKS), looks),
    ];
    for (file, text) in &files {
        write_file(file, text.as_bytes())?;
    }
    Ok(files.map(|(file, _)| file).to_vec())
}

/// The program's manifest with one more model, where the alphabet has it.
fn with_dependency(manifest: &str, name: &Name) -> Option<String> {
    let package = name.package();
    let line = format!("{package} = {{ path = \"../crates/{package}\" }}");
    let dependencies = manifest.find("[dependencies]\n")?;
    let mut lines: Vec<&str> = manifest.lines().collect();
    let first = manifest[..dependencies].lines().count();
    let is_model = |at: &usize| lines[*at].starts_with("model-");
    let models: Vec<usize> = (first..lines.len())
        .take_while(|&at| at == first || !lines[at].starts_with('['))
        .filter(is_model)
        .collect();
    let after = models.iter().copied().find(|&at| lines[at] > line.as_str());
    let place = after.or_else(|| models.last().map(|last| last + 1))?;
    lines.insert(place, &line);
    Some(lines.join("\n") + "\n")
}

fn manifest(name: &Name) -> String {
    let ours = MANIFEST.replace("model-nearest-centroid", &name.package());
    ours.replace(
        "Nearest centroid: the smallest complete model",
        "A new model",
    )
}

fn source(name: &Name) -> String {
    // The first paragraphs are about nearest centroid, and so is the last test.
    let code = SOURCE
        .find("\nuse ")
        .map_or(SOURCE, |start| &SOURCE[start..]);
    let test = "\n    /// scikit-learn";
    let code = code
        .find(test)
        .map_or_else(|| code.to_owned(), |end| format!("{}}}\n", &code[..end]));
    let code = code
        .replace("NEAREST_CENTROID", &name.constant())
        .replace("NearestCentroid", &name.recipe(SOURCE))
        .replace("nearest-centroid", &name.id())
        .replace(
            "the class whose mean training image is nearest: a floor for every other model",
            "a new model, which is nearest centroid until you change it",
        )
        .replace(
            &format!(
                "How to train a {} classifier: there is nothing to choose.",
                name.id()
            ),
            "The hyper-parameters: each documented field is one.",
        );
    format!(
        "//! A new model: what it computes, and where the method is from.\n//!\n//! It begins as nearest centroid, which \
         is complete and conforms; CONTRIBUTING.md says what each part is for.\n{code}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    #[test]
    fn what_is_written_is_the_template_but_for_its_names() {
        let written = source(&name("my-model"));
        let back = written
            .replace("MY_MODEL", "NEAREST_CENTROID")
            .replace("MyModel", "NearestCentroid")
            .replace("my-model", "nearest-centroid");
        let known: Vec<&str> = SOURCE.lines().collect();
        let other: Vec<&str> = back.lines().filter(|line| !known.contains(line)).collect();
        assert_eq!(other.len(), 4, "{other:#?}");
        assert!(other[..2].iter().all(|line| line.starts_with("//!")));
        assert!(other[2].contains("summary: "), "{other:#?}");
        assert!(
            other[3].starts_with("/// The hyper-parameters"),
            "{other:#?}"
        );
        assert!(written.contains("check_except(&MY_MODEL, "));
        assert!(written.ends_with("    }\n}\n") && !written.contains("scikit"));
        let manifest = manifest(&name("my-model"));
        assert!(manifest.contains("name = \"model-my-model\"\n"));
        assert!(!manifest.contains("entroid"), "{manifest}");
    }

    #[test]
    fn a_dependency_stands_where_the_alphabet_has_it() {
        let manifest = "[features]\nmodel-z = []\n[dependencies]\nmodel-b.workspace = true\nmodel-d = 1\nrand = 1\n\n[dev-dependencies]\nmodel-a = 1\n";
        for (new, before) in [("a", "model-b"), ("c", "model-d"), ("x", "rand")] {
            let found = with_dependency(manifest, &name(new)).unwrap();
            let line = format!("model-{new} = {{ path = \"../crates/model-{new}\" }}\n{before}");
            assert!(found.contains(&line), "{found}");
        }
        assert_eq!(
            with_dependency("[dependencies]\nrand = 1\n", &name("x")),
            None
        );
    }
}
