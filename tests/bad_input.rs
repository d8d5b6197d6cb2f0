//! Bad input gets one clear line and exit code 2, and nothing that was written is lost.

use assert_cmd::Command;
use catalog::FILES;
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write;
use std::path::Path;

fn experiments(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("experiments").unwrap();
    command.args(arguments);
    command
}

/// Runs a command that must be refused, and returns its one line.
fn refusal(mut command: Command) -> String {
    let output = command.assert().code(2).get_output().clone();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.trim_end().lines().count(), 1, "one line: {text}");
    assert!(text.starts_with("error: "), "{text}");
    assert!(output.stdout.is_empty());
    text
}

/// `compare` with these arguments, writing to a directory that must stay empty.
fn refused_comparison(arguments: &[&str]) -> String {
    let results = tempfile::tempdir().unwrap();
    let mut command = experiments(&["compare", "--models", "nearest-centroid"]);
    command.args(arguments).arg("--results").arg(results.path());
    let text = refusal(command);
    assert_eq!(
        fs::read_dir(results.path()).unwrap().count(),
        0,
        "nothing is written"
    );
    text
}

fn idx(magic: u32, sizes: &[u32], body: &[u8]) -> Vec<u8> {
    let mut bytes = magic.to_be_bytes().to_vec();
    bytes.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
    bytes.extend(body);
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Four good files: 6 training and 4 test images of 2 × 3 pixels in 2 classes.
fn good_files(directory: &Path) {
    let labels = |count: u8| (0..count).map(|i| i % 2).collect::<Vec<_>>();
    let images = |count: u8| {
        (0..count)
            .flat_map(|i| [i % 2 * 200 + i; 6])
            .collect::<Vec<_>>()
    };
    let contents = [
        idx(0x803, &[6, 2, 3], &images(6)),
        idx(0x801, &[6], &labels(6)),
        idx(0x803, &[4, 2, 3], &images(4)),
        idx(0x801, &[4], &labels(4)),
    ];
    for (file, bytes) in FILES.iter().zip(contents) {
        fs::write(directory.join(file), bytes).unwrap();
    }
}

/// What is said when the training images are replaced by `bytes`.
fn with_training_images(bytes: &[u8]) -> String {
    let directory = tempfile::tempdir().unwrap();
    good_files(directory.path());
    fs::write(directory.path().join(FILES[0]), bytes).unwrap();
    refused_comparison(&["--data-dir", directory.path().to_str().unwrap()])
}

#[test]
fn any_data_in_mnists_naming_is_accepted() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("stripes");
    fs::create_dir(&data).unwrap();
    good_files(&data);
    let mut command = experiments(&["compare", "--models", "nearest-centroid,softmax"]);
    command
        .arg("--data-dir")
        .arg(&data)
        .arg("--results")
        .arg(directory.path());
    command.assert().success();
    assert!(directory.path().join("stripes/report.json").is_file());
}

#[test]
fn a_missing_file_or_directory() {
    let directory = tempfile::tempdir().unwrap();
    good_files(directory.path());
    fs::remove_file(directory.path().join(FILES[1])).unwrap();
    let text = refused_comparison(&["--data-dir", directory.path().to_str().unwrap()]);
    assert!(
        text.contains("no train-labels-idx1-ubyte and no train-labels-idx1-ubyte.gz"),
        "{text}"
    );
    let text = refused_comparison(&["--data-dir", "/nowhere", "--dataset", "mnist"]);
    assert!(
        text.contains("/nowhere: No such file or directory"),
        "{text}"
    );
}

#[test]
fn truncated_images() {
    let text = with_training_images(&idx(0x803, &[6, 2, 3], &[0; 35]));
    assert!(
        text.contains("announces 52 bytes and the file ends after 51"),
        "{text}"
    );
    let whole = gzip(&idx(0x803, &[6, 2, 3], &[7; 36]));
    let text = with_training_images(&whole[..whole.len() - 9]);
    assert!(text.contains("train-images-idx3-ubyte: "), "{text}");
}

#[test]
fn bit_flipped_images_of_a_known_data_set() {
    let directory = tempfile::tempdir().unwrap();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/catalog/data/mnist");
    for file in FILES {
        let name = format!("{file}.gz");
        fs::copy(Path::new(shipped).join(&name), directory.path().join(&name)).unwrap();
    }
    let labels = catalog::mnist()
        .unwrap()
        .test
        .look()
        .labels()
        .iter()
        .map(|&l| l as u8)
        .collect::<Vec<_>>();
    let mut flipped = labels;
    flipped[77] ^= 1;
    fs::remove_file(directory.path().join(format!("{}.gz", FILES[3]))).unwrap();
    fs::write(
        directory.path().join(FILES[3]),
        idx(0x801, &[10_000], &flipped),
    )
    .unwrap();
    let text = refused_comparison(&[
        "--dataset",
        "mnist",
        "--data-dir",
        directory.path().to_str().unwrap(),
    ]);
    assert!(
        text.contains("SHA-256 of the decompressed bytes is"),
        "{text}"
    );
}

#[test]
fn a_flipped_bit_in_a_gzip_file() {
    let mut bytes = gzip(&idx(0x803, &[6, 2, 3], &[7; 36]));
    // The checksum is the first half of the last eight bytes.
    let checksum = bytes.len() - 8;
    bytes[checksum] ^= 4;
    let text = with_training_images(&bytes);
    assert!(text.contains("damaged gzip stream"), "{text}");
}

#[test]
fn labels_in_place_of_images() {
    let text = with_training_images(&idx(0x801, &[6], &[0; 6]));
    assert!(text.contains("this is a file of labels"), "{text}");
}

#[test]
fn oversized_files_and_gzip_bombs() {
    let text = with_training_images(&idx(0x803, &[6, 2, 3], &[0; 37]));
    assert!(text.contains("oversized"), "{text}");
    let bomb = gzip(&idx(0x803, &[6, 2, 3], &vec![0; 256 << 20]));
    let text = with_training_images(&bomb);
    assert!(text.contains("oversized"), "{text}");
    let text = with_training_images(&gzip(&idx(0x803, &[u32::MAX, 28, 28], &[])));
    assert!(text.contains("the limit is"), "{text}");
    let directory = tempfile::tempdir().unwrap();
    good_files(directory.path());
    // A label takes eight bytes once it is read.
    let many = gzip(&idx(0x801, &[1 << 28], &vec![0; 1 << 20]));
    fs::write(directory.path().join(FILES[1]), many).unwrap();
    let text = refused_comparison(&["--data-dir", directory.path().to_str().unwrap()]);
    assert!(text.contains("the limit is"), "{text}");
}

#[test]
fn nothing_to_learn_from_or_to_be_judged_on() {
    let directory = tempfile::tempdir().unwrap();
    let here = ["--data-dir", directory.path().to_str().unwrap()];
    let replaced = |files: [usize; 2], count: u32, label: u8| {
        good_files(directory.path());
        let images = idx(0x803, &[count, 2, 3], &vec![7; 6 * count as usize]);
        let labels = idx(0x801, &[count], &vec![label; count as usize]);
        fs::write(directory.path().join(FILES[files[0]]), images).unwrap();
        fs::write(directory.path().join(FILES[files[1]]), labels).unwrap();
        refused_comparison(&here)
    };
    assert!(replaced([0, 1], 0, 0).contains("no samples"));
    assert!(replaced([2, 3], 0, 0).contains("no test samples"));
    assert!(replaced([0, 1], 6, 1).contains("every training sample is of class 1"));
}

#[test]
fn a_quick_look_at_little_data_takes_all_of_it() {
    let directory = tempfile::tempdir().unwrap();
    good_files(directory.path());
    let mut command = experiments(&["compare", "--models", "nearest-centroid", "--quick"]);
    command.arg("--data-dir").arg(directory.path());
    command
        .arg("--results")
        .arg(directory.path().join("results"));
    command.assert().success();
}

#[test]
fn images_and_labels_of_different_lengths() {
    let text = with_training_images(&idx(0x803, &[5, 2, 3], &[0; 30]));
    assert!(
        text.contains("train-images-idx3-ubyte holds 5 images"),
        "{text}"
    );
    assert!(text.contains("train-labels-idx1-ubyte 6 labels"), "{text}");
}

#[test]
fn training_and_test_images_of_different_shapes() {
    let text = with_training_images(&idx(0x803, &[6, 3, 2], &[0; 36]));
    assert!(
        text.contains("training samples are pictures of 3 × 2, test samples are pictures of 2 × 3"),
        "{text}"
    );
}

#[test]
fn unknown_names_come_with_the_nearest_known_one() {
    for (arguments, expected) in [
        (["--models", "sofmax"], "did you mean `softmax`?"),
        (
            ["--dataset", "fashon-mnist"],
            "did you mean `fashion-mnist`?",
        ),
        (
            ["--set", "nearest-centrid.k=1"],
            "did you mean `nearest-centroid`?",
        ),
        (["--config", "/nowhere/plan.toml"], "/nowhere/plan.toml: "),
    ] {
        let results = tempfile::tempdir().unwrap();
        let mut command = experiments(&["compare"]);
        command.args(arguments).arg("--results").arg(results.path());
        let text = refusal(command);
        assert!(text.contains(expected), "{text}");
    }
    let text = refused_comparison(&["--models", "softmax", "--set", "softmax.epoch=3"]);
    assert!(
        text.contains("unknown parameter `epoch` (did you mean `epochs`?)"),
        "{text}"
    );
}

#[test]
fn values_out_of_range() {
    for (model, assignment, expected) in [
        (
            "softmax",
            "softmax.learning_rate=0",
            "expected a number above 0",
        ),
        (
            "softmax",
            "softmax.learning_rate=-1",
            "expected a number above 0",
        ),
        (
            "softmax",
            "softmax.batch_size=0",
            "expected a whole number of at least 1",
        ),
        ("softmax", "softmax.epochs=-3", "expected a whole number"),
        (
            "linfa-svm-rbf",
            "linfa-svm-rbf.c=0",
            "expected a number above 0",
        ),
        ("linfa-svm-rbf", "linfa-svm-rbf.kernel=cubic", "rbf"),
        ("kernel-svm", "kernel-svm.c=0", "expected a number above 0"),
        (
            "kernel-svm",
            "kernel-svm.gamma=auto",
            "expected a number above 0, or \"scale\"",
        ),
        (
            "burn-mlp",
            "burn-mlp.hidden=[0]",
            "expected each to be a whole number of at least 1",
        ),
        (
            "burn-mlp",
            "burn-mlp.batch_size=0",
            "expected a whole number of at least 1",
        ),
        (
            "burn-lenet",
            "burn-lenet.filters=[6]",
            "expected an array of length 2",
        ),
        (
            "burn-lenet",
            "burn-lenet.filters=[6,0]",
            "expected each to be a whole number of at least 1",
        ),
        (
            "burn-lenet",
            "burn-lenet.momentum=1",
            "expected a number from 0 to below 1",
        ),
        ("burn-lenet", "burn-lenet.augment=turned", "moved"),
        (
            "burn-flex",
            "burn-flex.learning_rate=0",
            "expected a number above 0",
        ),
        ("kernel-svm", "kernel-svm.kernel=cubic", "polynomial"),
        (
            "kernel-svm",
            "kernel-svm.memory_mb=0",
            "expected a whole number of at least 1",
        ),
        ("virtual-svm", "virtual-svm.gamma=-1", "or \"scale\""),
        (
            "softmax-lbfgs",
            "softmax-lbfgs.c=0",
            "expected a number above 0",
        ),
        (
            "linfa-logistic",
            "linfa-logistic.alpha=-1",
            "expected a number of at least 0",
        ),
        ("softmax", "softmax.train_limit=5", "ask for 10 to 60000"),
        (
            "softmax",
            "softmax.train_limit=60001",
            "ask for 10 to 60000",
        ),
    ] {
        let results = tempfile::tempdir().unwrap();
        let mut command = experiments(&["compare", "--models", model, "--set", assignment]);
        command.arg("--results").arg(results.path());
        let text = refusal(command);
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn no_time_at_all_is_no_limit() {
    for command in [
        &["compare", "--time-limit", "0s"][..],
        &["serve", "model.plumb", "--time-limit", "0ms"],
        &["submit", "slurm", "jobs", "--time", "0"],
    ] {
        let output = experiments(command).assert().code(2).get_output().clone();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("no time at all"), "{text}");
    }
}

#[test]
fn numbers_that_no_parameter_can_have_are_no_words() {
    for value in ["99999999999999999999", "1e999", "nan"] {
        let assignment = format!("softmax.epochs={value}");
        let text = refusal(experiments(&["compare", "--set", &assignment]));
        let expected = format!(
            "{value}: expected a finite number, if whole of at most {}",
            i64::MAX
        );
        assert!(text.contains(&expected), "{text}");
    }
}

#[test]
fn an_unwritable_results_directory_is_noticed_before_training() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a-file");
    fs::write(&file, "precious").unwrap();
    let mut command = experiments(&["compare", "--models", "nearest-centroid"]);
    command.arg("--results").arg(&file);
    let text = refusal(command);
    assert!(text.contains("a-file"), "{text}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
}

#[test]
fn a_report_without_records_and_with_damaged_ones() {
    let directory = tempfile::tempdir().unwrap();
    let report = |directory: &Path| {
        let mut command = experiments(&["report"]);
        command.arg("--results").arg(directory);
        refusal(command)
    };
    let text = report(directory.path());
    assert!(
        text.contains("no records here; `compare` writes them"),
        "{text}"
    );
    let records = directory.path().join("mnist/records");
    fs::create_dir_all(&records).unwrap();
    fs::write(records.join("2026.jsonl"), "{}\n").unwrap();
    let text = report(directory.path());
    assert!(text.contains("2026.jsonl, line 1: not a record"), "{text}");
}

#[test]
fn a_failed_download_names_the_alternatives() {
    let nowhere = tempfile::tempdir().unwrap();
    let mut command = experiments(&[
        "show",
        "--dataset",
        "fashion-mnist",
        "--mirror",
        "http://127.0.0.1:9",
    ]);
    command
        .env("PLUMBLINE_CACHE", nowhere.path())
        .env("PLUMBLINE_SYSTEM_DATASETS", nowhere.path());
    let output = command.assert().code(2).get_output().clone();
    let text = String::from_utf8(output.stderr).unwrap();
    let line = text.trim_end().lines().last().unwrap();
    assert!(
        line.contains("http://127.0.0.1:9/train-images-idx3-ubyte.gz"),
        "{text}"
    );
    assert!(
        line.contains("--data-dir") && line.contains("apt install"),
        "{text}"
    );
}

#[test]
fn protocols_that_cannot_be_are_refused_before_training() {
    let results = tempfile::tempdir().unwrap();
    for (arguments, message) in [
        (
            ["--cv", "6000"],
            "6000 folds, but class 5 has 5421 samples; ask for 2 to 5421 folds",
        ),
        (
            ["--validation", "60000"],
            "60000 of 60000 training samples held out leave fewer than two classes",
        ),
        (
            ["--validation", "5"],
            "a subset of 5 of 60000 samples: ask for 10 to 60000",
        ),
        (
            ["--sizes", "100,3"],
            "sizes: a subset of 3 of 60000 samples",
        ),
    ] {
        let mut command = experiments(&["compare"]);
        command.args(arguments).arg("--results").arg(results.path());
        let text = refusal(command);
        assert!(text.contains(message), "{text}");
    }
    for arguments in [
        ["--cv", "1"],
        ["--cv", "x2"],
        ["--cv", "1000x2"],
        ["--cv", "70000"],
        ["--seed", "18446744073709551615"],
        ["--seeds", "0"],
        ["--time-limit", "5"],
        ["--memory-limit", "0"],
    ] {
        let mut command = experiments(&["compare"]);
        command.args(arguments).assert().code(2);
    }
}

#[test]
fn a_plan_and_a_command_line_that_exclude_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let plan = directory.path().join("plan.toml");
    for (line, arguments, message) in [
        ("sizes = [100]", &["--cv", "5"][..], "`cv` excludes `sizes`"),
        (
            "cv = 5",
            &["--calibrate", "100"],
            "`cv` excludes `calibrate`",
        ),
        (
            "seeds = 70000",
            &[],
            "plan.toml, line 1: `seeds` must be a whole number from 1 to 65535",
        ),
        (
            "seeds = 0",
            &[],
            "`seeds` must be a whole number from 1 to 65535",
        ),
    ] {
        let text = format!("{line}\n[[models]]\nmodel = \"nearest-centroid\"\n");
        fs::write(&plan, text).unwrap();
        let mut command = experiments(&["compare", "--config"]);
        command.arg(&plan).args(arguments);
        command.arg("--results").arg(directory.path().join("none"));
        let text = refusal(command);
        assert!(text.contains(message), "{text}");
    }
}

#[test]
fn a_store_that_is_none_is_named_and_costs_nothing_else() {
    let results = tempfile::tempdir().unwrap();
    let store = results.path().join("fits.sqlite");
    fs::write(&store, "something else that is long enough to be read").unwrap();
    let mut command = experiments(&["compare", "--models", "nearest-centroid", "--quick"]);
    command.arg("--results").arg(results.path());
    let output = command.assert().success().get_output().clone();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("fits.sqlite cannot be used (file is not a database)"),
        "{text}"
    );
    assert!(results.path().join("mnist/report.json").exists());
    let kept = fs::read_to_string(&store).unwrap();
    assert!(
        kept.starts_with("something else"),
        "nobody's file is replaced"
    );
}

#[test]
fn a_long_value_in_a_file_makes_no_long_message() {
    let results = tempfile::tempdir().unwrap();
    let records = results.path().join("mnist/records");
    fs::create_dir_all(&records).unwrap();
    let value = "x".repeat(100_000);
    let record = format!("{{\"record\":\"controls\",\"id\":\"a\",\"controls\":\"{value}\"}}\n");
    fs::write(records.join("2026.jsonl"), record).unwrap();
    let mut command = experiments(&["report", "--results"]);
    command.arg(results.path());
    let text = refusal(command);
    assert!(text.contains("2026.jsonl, line 1: "), "{text}");
    assert!(text.len() < 1_200, "{} bytes", text.len());
}

#[test]
fn where_a_model_cannot_be_kept_is_noticed_before_training() {
    let directory = tempfile::tempdir().unwrap();
    good_files(directory.path());
    let below_a_file = directory.path().join(FILES[0]).join("model.plumb");
    for out in [directory.path(), &below_a_file] {
        let mut command = experiments(&["train", "nearest-centroid", "--data-dir"]);
        command.arg(directory.path()).arg("--out").arg(out);
        // One line: nothing is said of a fit.
        let text = refusal(command);
        assert!(text.contains(&out.display().to_string()), "{text}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_model_is_kept_under_a_name_that_is_not_text() {
    use std::os::unix::ffi::OsStrExt;
    let directory = tempfile::tempdir().unwrap();
    good_files(directory.path());
    let out = directory
        .path()
        .join(std::ffi::OsStr::from_bytes(b"\xff.plumb"));
    let mut command = experiments(&["train", "nearest-centroid", "--data-dir"]);
    command.arg(directory.path()).arg("--out").arg(&out);
    command.assert().success();
    let mut command = experiments(&["predict", "--model"]);
    command.arg(&out).arg(directory.path()).assert().success();
}

/// The program in a shell that has set a limit.
#[cfg(target_os = "linux")]
fn limited(limit: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("ulimit {limit} && exec \"$0\" \"$@\"")])
        .arg(env!("CARGO_BIN_EXE_experiments"))
        .args(arguments);
    command
}

#[cfg(target_os = "linux")]
#[test]
fn threads_that_the_system_does_not_start_are_a_reason_in_the_row() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    fs::create_dir(&data).unwrap();
    good_files(&data);
    // A thread's stack takes 2 MB.
    let arguments = [
        "compare",
        "--models",
        "nearest-centroid",
        "--threads",
        "1000",
    ];
    let mut command = limited("-v 1500000", &arguments);
    command.arg("--data-dir").arg(&data);
    command
        .arg("--results")
        .arg(directory.path())
        .assert()
        .code(1);
    let report = fs::read_to_string(directory.path().join("data/report.json")).unwrap();
    assert!(
        report.contains("the system starts no 1000 threads"),
        "{report}"
    );
    assert!(!report.contains("panicked"), "{report}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_small_stack_is_enough() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    fs::create_dir(&data).unwrap();
    good_files(&data);
    let mut command = limited(
        "-s 128",
        &["compare", "--models", "nearest-centroid,softmax"],
    );
    command.arg("--data-dir").arg(&data);
    command.arg("--results").arg(directory.path());
    command.assert().success();
}
