//! A Python with the programs of `outside/requirements.txt`, made once below `target/tmp`.

use assert_cmd::Command;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

const REQUIREMENTS: &str = include_str!("outside/requirements.txt");

static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside");
    let python = home.join("bin/python");
    let installed = home.join("installed.txt");
    if std::fs::read_to_string(&installed).ok().as_deref() != Some(REQUIREMENTS) {
        let list = home.join("requirements.txt");
        let mut environment = Command::new("python3");
        environment.args(["-m", "venv"]).arg(&home);
        environment.assert().success();
        std::fs::write(&list, REQUIREMENTS).unwrap();
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--requirement"]);
        pip.arg(&list).assert().success();
        // Last, so that what was interrupted is done again.
        std::fs::write(&installed, REQUIREMENTS).unwrap();
    }
    python
});

/// The interpreter.
#[allow(dead_code, reason = "each test file uses what it needs")]
pub(crate) fn interpreter() -> &'static Path {
    &PYTHON
}

/// A script of `outside/`, to be run.
#[allow(dead_code, reason = "each test file uses what it needs")]
pub(crate) fn script(name: &str) -> Command {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/outside");
    let mut command = Command::new(&*PYTHON);
    command.arg("-B").arg(file.join(name));
    command
}
