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
        assert_eq!(loaded.counted_from, Some(0));
    }
    let alike = read_both(without_0, without_0);
    assert_eq!(alike.counted_from, Some(1));
    assert_eq!(read(rows(9), &Options::default()).counted_from, None);
    assert!(!is_told(&alike, "features of the"), "{:?}", alike.notes);
}

/// Rows of which each has a line break that is part of a field.
fn broken(count: usize) -> String {
    (0..count).fold("x,class\n".to_owned(), |text, row| {
        format!("{text}\"{row}\n is it \"\"\",{}\n", ["a", "b"][row % 2])
    })
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
        // However many fields before it have good line breaks, in its row and above.
        (format!("{}100,\"a\n3,\"b\"\n{end}", broken(10)), 22),
        (
            format!("x,y,z,class\n\"1\n\"\"\",1\"\"2\",\"3,a\n1,2,\"b\"\n{end}"),
            3,
        ),
        // Below blank lines, and lines that end as on Windows.
        (
            format!(
                "{}\r\n\r\n3,\"a\r\n3,\"b\"\r\n",
                rows(9).replace('\n', "\r\n")
            ),
            13,
        ),
        (format!("\u{feff}\"x,class\n1,\"a\"\n{end}"), 1),
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

#[test]
fn a_row_that_fills_the_memory_is_refused_with_its_line() {
    let options = Options {
        memory: Some(4 << 20),
        ..Options::default()
    };
    let long = "never closed\n".repeat(200_000);
    let flat = long.replace('\n', " ");
    for (content, line) in [
        (format!("\"x,class\n{long}"), 1),
        (format!("x,class{flat}"), 1),
        (format!("x,class\n1,{flat}"), 2),
        (format!("x,class\n\"1,{long}"), 2),
        (format!("sep=;\nx;class{flat}"), 2),
        (format!("{}\n\n1,\"{long}", rows(50_000)), 50_004),
    ] {
        let expected = format!(
            "data0: line {line}: a row of more than 1.04 MB; is a quotation mark not closed?"
        );
        assert_eq!(refusal(content, &options), expected);
    }
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
    let guessed = "the first line taken for the header; if it is a row, say `--header no`";
    assert!(is_told(&read(&unclear, &label("z")), guessed));
    assert_eq!(
        refusal(&unclear, &label("sort")),
        "data0: no column sort; the columns are n, q, z; name one of these, or say `--header no`"
    );
    let error = refusal(format!("{unclear}n,q,z\n"), &label("z"));
    assert!(
        error.ends_with("two files in one? Take it out, or say `--header no`"),
        "{error}"
    );
    let sure = unclear.replacen("n,q,z", "p,q,z", 1);
    assert!(!is_told(&read(&sure, &label("z")), "the first line"));
    assert_eq!(
        refusal(sure.replace("p,q,z", "no,q,class"), &label("sort")),
        "data0: no column sort; the columns are no, q, class"
    );
    // A row that begins with what the label may be called, and that is there again and again.
    let turns = "y,n,b\nn,y,a\n".repeat(20);
    let found = read(&turns, &label("column 3"));
    assert_eq!(found.notes[0], "no header; columns are called by number");
    let Content::Table { train, test } = &found.content else {
        panic!("a table was given");
    };
    assert_eq!(train.len() + test.len(), 40);
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
    let names = read(
        "b,x (2),x,class,x,b,x,x (3)\n1,2,3,a,4,5,6,7\n2,2,3,b,4,5,6,7\n1,2,3,a,4,5,6,7\n2,2,3,b,4,5,6,8\n",
        &Options {
            label: Some("class".to_owned()),
            ..Options::default()
        },
    );
    assert_eq!(
        named(&names),
        ["b", "x (2)", "x", "x (4)", "b (2)", "x (5)", "x (3)"]
    );
    assert!(is_told(
        &names,
        "several columns are called b, x; the second is b (2)"
    ));
    let names = read(
        "x,x (2),class,x\n1,2,a,3\n2,3,b,4\n1,4,a,3\n2,3,b,1\n2,3,b,1\n",
        &Options::default(),
    );
    assert!(is_told(
        &names,
        "several columns are called x; the second is x (3)"
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
    let both = |train: &str, test: &str, label: &str| {
        let (_directory, [train, test]) = files([train.as_bytes(), test.as_bytes()]);
        let options = |test| Options {
            label: Some(label.to_owned()),
            test,
            ..Options::default()
        };
        let alone = load(&test, &options(None)).unwrap_err().to_string();
        let loaded = load(&train, &options(Some(test))).unwrap();
        let Content::Table { test, .. } = &loaded.content else {
            panic!("tables were given");
        };
        (alone, test.len())
    };
    // By themselves, the second files would be taken for one without a header, and for one with it.
    let (alone, rows) = both(
        "2020,class\n1,a\n2,b\n1,a\n2,b\n",
        "2020,class\n1,a\n2,b\n3,class\n",
        "class",
    );
    assert!(
        alone.contains("the columns are column 1, column 2"),
        "{alone}"
    );
    assert_eq!(rows, 3);
    let (alone, rows) = both(
        "u,a\nv,b\nu,a\nv,b\nu,a\n",
        "w,c\nu,a\nv,b\nu,a\nv,b\n",
        "column 2",
    );
    assert!(alone.contains("the columns are w, c"), "{alone}");
    assert_eq!(rows, 5);
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

/// An array of numbers of 64 bits, as NumPy writes it.
fn npy(shape: &str, values: &[f64]) -> Vec<u8> {
    let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

#[test]
fn numbers_that_32_bits_do_not_tell_apart_are_told() {
    let of = |values: &[f64]| {
        let directory = tempfile::tempdir().unwrap();
        let rows = values.len() / 2;
        let labels: Vec<f64> = (0..rows).map(|row| (row % 2) as f64).collect();
        std::fs::write(
            directory.path().join("X.npy"),
            npy(&format!("({rows}, 2)"), values),
        )
        .unwrap();
        std::fs::write(
            directory.path().join("y.npy"),
            npy(&format!("({rows},)"), &labels),
        )
        .unwrap();
        load(directory.path(), &Options::default()).map_err(|error| error.to_string())
    };
    let times: Vec<f64> = (0..100)
        .flat_map(|row| [0.1 * f64::from(row), 1.7e9 + f64::from(row)])
        .collect();
    let told = "numbers are rounded to 32 bits, and of feature 1, counted from 0, ";
    assert!(
        is_told(&of(&times).unwrap(), told),
        "{:?}",
        of(&times).unwrap().notes
    );
    let small: Vec<f64> = times
        .iter()
        .map(|value| value % 1e9)
        .map(|value| value % 7.0)
        .collect();
    assert!(!is_told(&of(&small).unwrap(), "numbers are rounded"));
    let mut large = small;
    large[5] = 1e300;
    let error = of(&large).unwrap_err();
    assert!(
        error.ends_with("as feature 1 of row 2, counted from 0; numbers up to 3.4e38 are read; divide it, or write a table, CSV or Parquet"),
        "{error}"
    );
    let sparse = (0..100).fold(String::new(), |text, row| {
        format!("{text}{} 2:{}\n", row % 2, 1_700_000_000 + row)
    });
    let found = read(&sparse, &Options::default());
    let told = found.notes.iter().find(|note| note.starts_with(told));
    assert!(
        told.is_some_and(
            |note| note.contains(" different values of those looked at stay different (")
        ),
        "{told:?}"
    );
    let error = refusal(sparse + "1 2:1e300\n", &Options::default());
    assert!(
        error.contains("line 101: '1e300' of feature 2 is no finite number; numbers up to"),
        "{error}"
    );
    let ids = (0..40).fold("id,class\n".to_owned(), |text, row| {
        format!(
            "{text}{},{}\n",
            9_007_199_254_740_993_u64 + row,
            ["a", "b"][row as usize % 2]
        )
    });
    let told = "column id: whole numbers beyond 2^53 are rounded, as 9007199254740993 in line 2";
    assert!(is_told(&read(&ids, &Options::default()), told));
}

#[test]
fn one_thing_has_one_name() {
    let text = (0..40).fold("x,g,class\n".to_owned(), |text, row| {
        let [g, class] = [
            ["3", "3.0", "4", "5"][row % 4],
            ["1", "1.0", "0", "2"][row / 4 % 4],
        ];
        format!("{text}{row},{g},{class}\n")
    });
    let grouped = Options {
        group: Some("g".to_owned()),
        ..Options::default()
    };
    let loaded = read(&text, &grouped);
    assert_eq!(table(&loaded).targets().class_names()[..], ["0", "1", "2"]);
    assert!(
        is_told(&loaded, "1 and 1.0 taken for one class"),
        "{:?}",
        loaded.notes
    );
    assert!(is_told(&loaded, "3 and 3.0 taken for one group"));
    assert!(is_told(&loaded, "3 groups in"), "{:?}", loaded.notes);
    let test = "x,class\n1,a\n2,b\n"
        .replace('a', "0.0")
        .replace('b', "1.0")
        .replace("cl0.0ss", "class");
    let train = rows(10).replace(",a", ",0").replace(",b", ",1");
    assert_eq!(
        table(&read_both(&train, test)).targets().class_names()[..],
        ["0", "1"]
    );
    // Codes with leading zeros are names.
    let codes = rows(10).replace(",a", ",01").replace(",b", ",1");
    assert_eq!(
        table(&read(&codes, &Options::default()))
            .targets()
            .class_names()[..],
        ["01", "1"]
    );
    // So are numbers with an exponent: they are parts, or written in sixteens.
    for (one, other) in [("1e5", "100000"), ("2E3", "2000")] {
        let groups = ["1", other, one, "4"];
        let text = (0..40).fold("x,g,class\n".to_owned(), |text, row| {
            let class = [one, other][row % 2];
            format!("{text}{row},{},{class}\n", groups[row / 2 % 4])
        });
        let loaded = read(&text, &grouped);
        let mut names = table(&loaded).targets().class_names().to_vec();
        names.sort_unstable();
        assert_eq!(names, [other.min(one), other.max(one)]);
        assert!(is_told(&loaded, "4 groups in"), "{:?}", loaded.notes);
    }
    // The same text in two encodings.
    let mut mixed = b"v,class\n".to_vec();
    for row in 0..40 {
        let v: &[u8] = if row % 2 == 0 {
            b"\xe9"
        } else {
            "é".as_bytes()
        };
        mixed.extend([v, b",", &[b"ab"[row / 2 % 2]], b"\n"].concat());
    }
    let loaded = read(&mixed, &Options::default());
    let tables::Values::Categories(of) = table(&loaded).columns()[0].values() else {
        panic!("words were given");
    };
    assert_eq!(of.names()[..], ["é"]);
    for (one, other, shown) in [
        ("é", "e\u{301}", "'e\\u{301}'"),
        ("a b", "a\u{a0}b", "'a\\u{a0}b'"),
        ("ab", "a\u{200b}b", "'a\\u{200b}b'"),
    ] {
        let loaded = read(
            rows(10)
                .replace(",a", &format!(",{one}"))
                .replace(",b", &format!(",{other}")),
            &Options::default(),
        );
        let told = loaded
            .notes
            .iter()
            .find(|note| note.starts_with("classes that look the same"));
        assert!(
            told.is_some_and(|note| note.contains(shown)),
            "{:?}",
            loaded.notes
        );
    }
}

#[test]
fn refusals_name_the_file_and_the_place() {
    let default = Options::default();
    let infinite = rows(30)
        .replace("\n7,", "\n-inf,")
        .replace("\n9,", "\ninf,");
    let error = refusal(&infinite, &default);
    assert!(
        error.starts_with("data0: line 9, column x: '-inf' is not finite"),
        "{error}"
    );
    let grouped = Options {
        group: Some("g".to_owned()),
        ..Options::default()
    };
    let gap = "g,x,class\n1,1,a\n,2,b\n2,1,a\n2,2,b\n";
    assert_eq!(
        refusal(gap, &grouped),
        "data0: row 2, counted from 1, has no group in column g; each row needs one"
    );
    let one = "g,x,class\n1,1,a\n2,2,b\n1,1,a\n2,2,b\n";
    let error = refusal(one, &grouped);
    assert!(
        error.starts_with("data0: holding out 0.2 of 4 samples"),
        "{error}"
    );
    let (_directory, [train, test]) = files([rows(9).as_bytes(), b"x,class\n1,\n2,?\n"]);
    let options = Options {
        test: Some(test),
        ..Options::default()
    };
    let error = load(&train, &options).unwrap_err().to_string();
    assert!(
        error.ends_with("data1: no row has a value of class; test rows need one"),
        "{error}"
    );
    let dates = "d,class\n2024-01-01,a\n2024-01-02,b\n2024-02-30,a\n2024-01-05,b\n";
    let error = refusal(dates, &default);
    assert!(
        error.contains("line 4, column d: '2024-02-30' is neither a date nor"),
        "{error}"
    );
}

#[test]
fn three_digits_behind_every_comma_are_told() {
    let text = |third: &str| {
        (0..20).fold("x\tz\tclass\n".to_owned(), |text, row| {
            format!("{text}{row}\t1{row},{third}\t{}\n", ["a", "b"][row % 2])
        })
    };
    let found = read(text("234"), &Options::default());
    assert!(
        is_told(
            &found,
            "decimal comma, though three digits follow each, as in"
        ),
        "{:?}",
        found.notes
    );
    let found = read(text("23"), &Options::default());
    assert!(found.notes.iter().any(|note| note == "decimal comma"));
}

#[test]
fn directories_of_pictures_tell_what_is_left_out() {
    let directory = tempfile::tempdir().unwrap();
    let write = |file: &str, bytes: &[u8]| {
        let path = directory.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    for split in ["train", "test", "valid"] {
        for class in ["a\nb", "c"] {
            for picture in 0..3 {
                let pixels = [b'0' + picture; 4];
                write(
                    &format!("{split}/{class}/{picture}.pgm"),
                    &[b"P5 2 2 255\n", &pixels[..]].concat(),
                );
            }
        }
    }
    write("train/c/x.ppm", b"P6 2 2 255\n123456789012");
    write("train/c/x.gif", b"GIF89a..");
    let loaded = load(directory.path(), &Options::default()).unwrap();
    assert!(is_told(
        &loaded,
        "neither training nor test pictures, and left out: valid"
    ));
    assert!(is_told(
        &loaded,
        "pictures of 2 × 2 in colour, 6 of 7 of them grey"
    ));
    let gif = loaded.notes.iter().find(|note| note.contains("x.gif"));
    assert!(gif.is_some_and(|note| note.contains("GIF, of a format that is not read")));
    assert!(loaded.notes.iter().all(|note| !note.contains('\n')));
}

#[test]
fn rows_are_looked_at_by_columns_that_are_not_learnt_from() {
    let text = (0..40).fold("x,g,site,class\n".to_owned(), |text, row| {
        format!(
            "{text}{row},{},{},{}\n",
            row / 4,
            ["n", "s"][row / 20],
            ["a", "b"][row % 2]
        )
    });
    for slice in ["G", "site", "x"] {
        let options = Options {
            group: Some("g".to_owned()),
            ignore: vec!["site".to_owned()],
            slice: Some(slice.to_owned()),
            ..Options::default()
        };
        let (_directory, [train, test]) =
            files([text.as_bytes(), b"site,g,class,x\ns,90,a,1\nn,91,b,2\n"]);
        for test in [None, Some(test)] {
            let loaded = load(
                &train,
                &Options {
                    test,
                    ..options.clone()
                },
            )
            .unwrap();
            let Content::Table { train, test } = &loaded.content else {
                panic!("tables were given");
            };
            assert_eq!(named(&loaded), ["x"]);
            for (beside, rows) in [(train.beside(), train.len()), (test.beside(), test.len())] {
                let found: Vec<(String, usize)> = beside
                    .iter()
                    .map(|of| (of.name().to_lowercase(), of.len()))
                    .collect();
                let expected = (slice != "x").then(|| (slice.to_lowercase(), rows));
                assert_eq!(found, Vec::from_iter(expected));
            }
        }
    }
}

#[test]
fn odd_columns_of_parquet_are_read_refused_or_left_out() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/tests/odd.parquet");
    let without = |ignored: &[&str]| {
        let options = Options {
            ignore: ignored.iter().map(ToString::to_string).collect(),
            ..Options::default()
        };
        load(&path, &options).map_err(|error| error.to_string())
    };
    let nested = without(&["infinite"]).unwrap_err();
    assert!(
        nested.contains("odd.parquet: column list.list.element is nested"),
        "{nested}"
    );
    assert!(
        nested.ends_with("or leave list out with --ignore"),
        "{nested}"
    );
    let infinite = without(&["list"]).unwrap_err();
    assert!(
        infinite.contains("odd.parquet: row 0, counted from 0, of column infinite is inf"),
        "{infinite}"
    );
    let loaded = without(&["list", "infinite"]).unwrap();
    assert_eq!(table(&loaded).targets().class_names()[..], ["a", "b"]);
    assert!(
        is_told(&loaded, "4 rows without a label left out of"),
        "{:?}",
        loaded.notes
    );
    let tables::Values::Categories(of) = table(&loaded).columns()[0].values() else {
        panic!("bytes were given");
    };
    assert_eq!(of.names()[..], ["È", "É", "Ê"]);
}
