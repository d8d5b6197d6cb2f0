//! Tells the binary which commit and compiler it was made from.

use std::process::Command;

fn main() {
    println!(
        "cargo::rustc-env=PLUMBLINE_COMMIT={}",
        commit().unwrap_or_default()
    );
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = output(&rustc, &["--version"]).unwrap_or_default();
    let version = version.split(' ').nth(1).unwrap_or("unknown").to_owned();
    println!("cargo::rustc-env=PLUMBLINE_RUSTC={version}");
    let variable = |name| std::env::var(name).unwrap_or_default();
    // Cargo calls the dev profile by the name of its directory.
    let profile = variable("PROFILE").replace("debug", "dev");
    let build = format!("{profile} profile, opt-level {}", variable("OPT_LEVEL"));
    println!("cargo::rustc-env=PLUMBLINE_BUILD={build}");
    println!("cargo::rerun-if-changed=build.rs");
}

/// The short commit, with `-dirty` where tracked files outside `results/` were changed since.
fn commit() -> Option<String> {
    let git_dir = output("git", &["rev-parse", "--git-dir"])?;
    for file in ["HEAD", "index"] {
        println!("cargo::rerun-if-changed={git_dir}/{file}");
    }
    for directory in ["src", "../crates", "../Cargo.lock"] {
        println!("cargo::rerun-if-changed={directory}");
    }
    let commit = output("git", &["rev-parse", "--short=12", "HEAD"])?;
    let changes = output(
        "git",
        &["status", "--porcelain", "-uno", "--", "..", ":!../results"],
    )?;
    Some(if changes.is_empty() {
        commit
    } else {
        format!("{commit}-dirty")
    })
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
