//! Files that could be taken for something else than they are: each is read as it is meant, or refused, or what was
//! taken for what is told.

use catalog::{Content, Loaded, Options, load};
use std::fmt::Write as _;
use std::path::PathBuf;
use tables::Table;

/// Files of a test of their own.
fn files<const N: usize>(contents: [&[u8]; N]) -> (tempfile::TempDir, [PathBuf; N]) {
    let directory = tempfile::tempdir().unwrap();
    let names: [usize; N] = std::array::from_fn(|i| i);
    let paths = names.map(|i| directory.path().join(format!("data{i}")));
    for (path, content) in paths.iter().zip(contents) {
        std::fs::write(path, content).unwrap();
    }
    (directory, paths)
}

fn read(content: impl AsRef<[u8]>, options: &Options) -> Loaded {
    let (_directory, [path]) = files([content.as_ref()]);
    load(&path, options).unwrap()
}

fn read_both(train: impl AsRef<[u8]>, test: impl AsRef<[u8]>) -> Loaded {
    let (_directory, [train, test]) = files([train.as_ref(), test.as_ref()]);
    let options = Options {
        test: Some(test),
        ..Options::default()
    };
    load(&train, &options).unwrap()
}

/// The refusal, without the path of the file.
fn refusal(content: impl AsRef<[u8]>, options: &Options) -> String {
    let (directory, [path]) = files([content.as_ref()]);
    let error = load(&path, options).unwrap_err().to_string();
    assert!(!error.contains('\n'), "{error}");
    error.replace(&format!("{}/", directory.path().display()), "")
}

fn table(loaded: &Loaded) -> &Table {
    match &loaded.content {
        Content::Table { train, .. } => train,
        Content::Samples { .. } => panic!("a table was given"),
    }
}

fn is_told(loaded: &Loaded, beginning: &str) -> bool {
    loaded.notes.iter().any(|note| note.starts_with(beginning))
}

/// `x,class` and rows of two classes.
fn rows(count: usize) -> String {
    (0..count).fold("x,class\n".to_owned(), |text, row| {
        format!("{text}{row},{}\n", ["a", "b"][row % 2])
    })
}

#[test]
fn features_of_sparse_rows_are_counted_alike_in_both_files() {
    let from_0 = "0 0:1 1:2\n1 0:2 1:3\n0 1:5\n1 2:1\n";
    let without_0 = "0 1:7\n1 2:9\n1 2:9\n";
    for (train, test, side) in [(from_0, without_0, 1), (without_0, from_0, 0)] {
        let loaded = read_both(train, test);
        let Content::Samples { train, test } = &loaded.content else {
            panic!("rows of numbers were given");
        };
        let values = [train.samples().to_f32(), test.samples().to_f32()];
        assert_eq!(
            values[side][..],
            [0.0, 7.0, 0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 9.0]
        );
        assert_eq!(values[1 - side][..6], [1.0, 2.0, 0.0, 2.0, 3.0, 0.0]);
        let side = ["training", "test"][side];
        let told = format!("features of the {side} file counted from 0, too");
        assert!(is_told(&loaded, &told), "{:?}", loaded.notes);
    }
    let alike = read_both(without_0, without_0);
    assert!(!is_told(&alike, "features of the"), "{:?}", alike.notes);
}

#[test]
fn a_quotation_mark_that_is_not_closed_is_refused_with_its_line() {
    let end = "7,a\n".repeat(30);
    for (content, line) in [
        (format!("{}100,\"a\n{end}", rows(100)), 102),
        (format!("{}\"100,a\n{end}", rows(100)), 102),
        (format!("{}100,\"a", rows(100)), 102),
        // In a field behind one that has a line break.
        (format!("{}\"1\n0\",\"a\n{end}", rows(100)), 103),
        // Closed by a mark of another row.
        (format!("{}100,\"a\n3,\"b\"\n{end}", rows(100)), 102),
        (format!("x,\"class\n{end}"), 1),
    ] {
        let error = refusal(&content, &Options::default());
        let expected = format!("data0: line {line}: a quotation mark is not closed");
        assert_eq!(error, expected, "{content}");
    }
    let utf_16: Vec<u8> = format!("\u{feff}{}100,\"a\n{end}", rows(100))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(refusal(&utf_16, &Options::default()).starts_with("data0: line 102: a quotation"));
    // What looks like it, and is well.
    let mut text = "x,text,class\n".to_owned();
    for row in 0..40 {
        let class = ["a", "b"][row % 2];
        write!(
            text,
            "{row},\"it is\n12\"\"\",{class}\n{row},5\" of it,\"{class}\"\n"
        )
        .unwrap();
    }
    assert_eq!(
        table(&read(&text, &Options::default())).columns()[1].len(),
        64
    );
}

#[test]
fn a_long_first_line_is_read_whole() {
    let names = (0..10_000).fold(String::new(), |names, i| format!("{names}a long name {i},"));
    let values = "1,".repeat(10_000);
    let text = format!("{names}class\n{values}a\n{values}b\n{values}a\n{values}b\n{values}a\n");
    assert!(names.len() > 1 << 17);
    let loaded = read(&text, &Options::default());
    let columns = table(&loaded).columns();
    assert_eq!(
        (columns.len(), columns[9_999].name()),
        (10_000, "a long name 9999")
    );
    let quoted = format!(
        "\"{}\",class\n1,a\n2,b\n3,a\n4,b\n",
        "two\nlines ".repeat(20_000)
    );
    assert_eq!(
        table(&read(&quoted, &Options::default())).columns().len(),
        1
    );
}

fn named(loaded: &Loaded) -> Vec<&str> {
    table(loaded)
        .columns()
        .iter()
        .map(tables::Column::name)
        .collect()
}

#[test]
fn a_first_line_that_names_the_label_is_a_header() {
    let years = |first: &str| {
        (0..20).fold(first.to_owned(), |text, row| {
            format!(
                "{text}\n{row},{},{},{}",
                row + 1,
                row * 2 % 7,
                ["a", "b"][row % 2]
            )
        })
    };
    let default = Options::default();
    let found = read(years("2019,2020,2021,class"), &default);
    assert_eq!(named(&found), ["2019", "2020", "2021"]);
    assert!(!is_told(&found, "the first line"), "{:?}", found.notes);
    let asked = |label: &str, header| Options {
        label: Some(label.to_owned()),
        header,
        ..Options::default()
    };
    let kind = years("2019,2020,2021,kind");
    assert_eq!(
        named(&read(&kind, &asked("Kind", None))),
        ["2019", "2020", "2021"]
    );
    let said = read(&kind, &asked("column 4", Some(false)));
    assert_eq!(table(&said).len() + 5, 21 + 1);
    let error = refusal(&kind, &asked("klass", None));
    assert!(error.contains("column 4"), "{error}");
}

#[test]
fn a_header_that_was_guessed_is_told() {
    let votes = |begin: fn(usize) -> String| {
        (0..40).fold(String::new(), |text, row| {
            let [a, b] = [["n", "y"][row / 2 % 2], ["y", "n"][row % 2]];
            format!("{text}{}{a},{b},{}\n", begin(row), ["a", "b", "c"][row % 3])
        })
    };
    let label = |label: &str| Options {
        label: Some(label.to_owned()),
        ..Options::default()
    };
    // A first column of names of rows makes no header of the first row.
    for begin in [|row| format!("r{row},"), |_| String::new()] {
        let found = read(votes(begin), &label("column 2"));
        assert!(is_told(&found, "no header; columns are called by number"));
    }
    let unclear = format!("n,q,z\n{}", votes(|_| String::new()));
    let found = read(&unclear, &label("z"));
    assert!(!is_told(&found, "no header"), "{:?}", found.notes);
    let guessed = format!("n,q,kind\n{}", votes(|_| String::new()));
    let error = refusal(&guessed, &label("sort"));
    assert!(error.contains("n, q, kind"), "{error}");
    let twice = rows(10).repeat(2);
    assert_eq!(
        refusal(&twice, &Options::default()),
        "data0: line 12: the header once more; are these two files in one? Take it out"
    );
    let names = read(
        "x,x,class,x\n1,2,a,3\n2,3,b,4\n1,4,a,3\n2,3,b,1\n2,3,b,1\n",
        &Options::default(),
    );
    assert_eq!(named(&names), ["x", "x (2)", "x (3)"]);
    assert!(is_told(
        &names,
        "several columns are called x; the second is x (2)"
    ));
    let single = read(
        "x,class\n1,'a'\n2,'b'\n1,'a'\n2,'b'\n3,'a'\n",
        &Options::default(),
    );
    assert!(is_told(
        &single,
        "single quotation marks, as of 'a', are part"
    ));
}

#[test]
fn a_second_file_has_a_header_where_the_first_has_one() {
    let loaded = read_both(rows(10), "class,x\na,x\nb,4\n".replace(",x\nb", ",1\nb"));
    let Content::Table { test, .. } = &loaded.content else {
        panic!("tables were given");
    };
    assert_eq!(test.len(), 2);
}

#[test]
fn sparse_rows_and_arff_are_recognised_however_they_begin() {
    let sparse = "1\n1 # all are 0\n0 1:2 2:1\n1 2:3\n0 1:1\n1 2:2\n";
    let arff = "@relation r\n@attribute x numeric\n@attribute class {a,b}\n@data\n1,a\n2,b\n3,a\n1,a\n2,b\n";
    let utf_16 = |text: &str| -> Vec<u8> {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xff, 0xfe].into_iter().chain(units).collect()
    };
    for text in [sparse, arff] {
        let marked = format!("\u{feff}{text}");
        for bytes in [text.as_bytes(), marked.as_bytes(), &utf_16(text)] {
            let loaded = read(bytes, &Options::default());
            let width = match &loaded.content {
                Content::Table { train, .. } => train.columns().len(),
                Content::Samples { train, .. } => 1 + train.samples().features(),
            };
            assert_eq!(width, if text == arff { 1 } else { 3 });
        }
    }
    // Numbers, and no pair.
    let error = refusal("1\n2\n1\n", &Options::default());
    assert!(error.contains("which column is the label?"), "{error}");
    let utf_32 = rows(9)
        .chars()
        .flat_map(|one| u32::from(one).to_le_bytes())
        .collect::<Vec<u8>>();
    let error = refusal(
        [&[0xff, 0xfe, 0, 0][..], &utf_32].concat(),
        &Options::default(),
    );
    assert_eq!(error, "data0: text in UTF-32; write it as UTF-8");
}
