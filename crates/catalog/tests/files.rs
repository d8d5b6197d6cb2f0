//! Files as people have them: each is read, or refused with one line that says what, where and what
//! would be right.

use catalog::{Content, Loaded, Options, SealedTable, load};
use data::PictureShape;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use tables::{Kind, Settings, Table};

/// A file of a test of its own.
fn file(name: &str, content: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    std::fs::write(&path, content).unwrap();
    (directory, path)
}

/// What other programs wrote.
fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data/tests")
        .join(name)
}

fn read(content: impl AsRef<[u8]>, options: &Options) -> Loaded {
    let (_directory, path) = file("data.csv", content.as_ref());
    load(&path, options).unwrap()
}

/// The refusal, without the path of the file.
fn refusal(content: impl AsRef<[u8]>, options: &Options) -> String {
    let (_directory, path) = file("data.csv", content.as_ref());
    let error = load(&path, options).unwrap_err().to_string();
    assert!(!error.contains('\n'), "{error}");
    error.replace(&path.display().to_string(), "data.csv")
}

fn table(loaded: &Loaded) -> (&Table, &SealedTable) {
    match &loaded.content {
        Content::Table { train, test } => (train, test),
        Content::Samples { .. } => panic!("a table was given"),
    }
}

fn kinds(loaded: &Loaded) -> Vec<(&str, Kind)> {
    let columns = table(loaded).0.columns().iter();
    columns
        .map(|column| (column.name(), column.kind()))
        .collect()
}

fn labelled(label: &str) -> Options {
    Options {
        label: Some(label.to_owned()),
        ..Options::default()
    }
}

/// Rows `x,class` with the classes a and b in turn.
fn rows(count: usize) -> String {
    let mut text = "x,class\n".to_owned();
    for row in 0..count {
        writeln!(text, "{row}.5,{}", ["a", "b"][row % 2]).unwrap();
    }
    text
}

#[test]
fn a_table_becomes_splits_with_notes() {
    let text = "PassengerId,Survived,Age,Sex,Boarded,Child\n\
        1,0,22,male,1912-04-10,false\n2,1,NA,female,1912-04-11,TRUE\n\
        3,1,26,female,1912-04-10,false\n4,0,?,male,1912-04-10,\n\
        5,1,35,female,1912-04-12,true\n6,0,54,male,1912-04-11,false\n";
    let options = Options {
        ignore: vec!["passengerid".to_owned()],
        ..labelled("survived")
    };
    let loaded = read(text, &options);
    let expected = [
        ("Age", Kind::Number),
        ("Sex", Kind::Category),
        ("Boarded", Kind::Date),
        ("Child", Kind::Boolean),
    ];
    assert_eq!(kinds(&loaded), expected);
    assert_eq!(loaded.id, "data");
    assert_eq!(loaded.notes[0], "missing: empty fields, ?, NA (3 values)");
    assert_eq!(loaded.notes[1], "label: Survived, 2 classes");
    assert!(loaded.notes[2].ends_with("of 6 rows set aside for the test, drawn with seed 0"));
    let (train, test) = table(&loaded);
    assert_eq!((train.len(), test.len()), (4, 2));
    assert_eq!(test.class_names(), ["0", "1"]);
    let again = read(text, &options);
    assert_eq!(again.sha256, loaded.sha256);
    let (splits, preparation) = loaded.prepared(&Settings::default()).unwrap();
    splits.check().unwrap();
    assert_eq!(splits.test.looks(), 0);
    assert_eq!(preparation.unwrap().columns().len(), 4);
}

#[test]
fn ways_to_write_a_table_are_recognised() {
    let note = |content: &[u8], expected: &str| {
        let loaded = read(content, &Options::default());
        let notes = loaded.notes.join("; ");
        assert!(notes.contains(expected), "{notes}: {expected} is missing");
        assert_eq!(kinds(&loaded)[0], ("größe", Kind::Number));
        let (splits, _) = loaded.prepared(&Settings::default()).unwrap();
        assert_eq!(splits.train.len() + splits.test.len(), 4);
    };
    let semicolons = "größe;class\n1,5;a\n2,5;b\n3;a\n4;b\n";
    note(semicolons.as_bytes(), "separator ;; decimal comma");
    note(
        semicolons.replace(';', "\t").as_bytes(),
        "separator tab; decimal comma",
    );
    let latin: Vec<u8> = semicolons.chars().map(|c| c as u8).collect();
    note(&latin, "encoding Latin-1");
    note(
        &[b"\xef\xbb\xbf", semicolons.as_bytes()].concat(),
        "decimal comma",
    );
    let wide = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        semicolons.encode_utf16().flat_map(bytes).collect()
    };
    note(&wide(u16::to_le_bytes), "encoding UTF-16LE");
    note(
        &[&b"\xfe\xff"[..], &wide(u16::to_be_bytes)].concat(),
        "encoding UTF-16BE",
    );
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, semicolons.as_bytes()).unwrap();
    note(&encoder.finish().unwrap(), "decimal comma");
    let windows = semicolons.replace('\n', "\r\n");
    note(windows.as_bytes(), "decimal comma");
    note(
        format!("sep=;\r\n{windows}").as_bytes(),
        "separator ;; decimal comma",
    );
    note(
        "# größe class\n1.5 a\n2.5 b\n3 a\n4 b\n".as_bytes(),
        "separator blank",
    );
}

/// A blank in a text separates nothing where something else does.
#[test]
fn words_with_blanks_stay_whole() {
    let loaded = read(
        "x, class\n1 m, big cat\n2 m, small dog\n3 m, big cat\n4 m, small dog\n",
        &Options::default(),
    );
    let (train, _) = table(&loaded);
    assert_eq!(
        train.targets().class_names().to_vec(),
        ["big cat", "small dog"]
    );
}

#[test]
fn a_second_column_that_could_be_the_label_is_told() {
    let text = "target,x,Class\n1,1,a\n2,2,b\n1,3,a\n2,4,b\n";
    let told = "label Class, though target could be one, too, and is learnt from: name the label, or ignore it";
    let loaded = read(text, &Options::default());
    assert!(
        loaded.notes.contains(&told.to_owned()),
        "{:?}",
        loaded.notes
    );
    let loaded = read(text, &labelled("Class"));
    assert!(
        loaded.notes.iter().all(|note| note != told),
        "{:?}",
        loaded.notes
    );
}

#[test]
fn an_option_that_would_change_nothing_is_refused() {
    let shape = data::PictureShape {
        rows: 2,
        columns: 2,
    };
    let resized = Options {
        resize: Some(shape),
        ..Options::default()
    };
    assert_eq!(
        refusal(rows(4), &resized),
        "data.csv: this is a table of text, and `resize` is for directories of pictures; leave it out"
    );
    assert_eq!(
        refusal("1 1:2\n0 3:1\n", &labelled("x")),
        "data.csv: this is svmlight, and `label` is for columns of tables; leave it out"
    );
}

#[test]
fn a_table_without_a_header_is_read_with_columns_by_number() {
    let text = "1.5,a\n2.5,b\n3.5,a\n4.5,b\n";
    let loaded = read(text, &labelled("column 2"));
    assert_eq!(loaded.notes[0], "no header; columns are called by number");
    assert_eq!(
        refusal(text, &Options::default()),
        "data.csv: which column is the label? None is called class, label, target or y; the columns are column 1, column 2; there is no header: name the label by its number, as `column 1`"
    );
}

#[test]
fn a_table_of_one_column_says_what_separates_columns() {
    let error = refusal("a    b  class\n1    2  x\n3    4  y\n", &Options::default());
    assert!(
        error.ends_with(
            "it is one only: commas, semicolons, tabs, bars or single blanks separate fields, and nothing stands above the names of columns"
        ),
        "{error}"
    );
    let titled = refusal(
        "My things\n\na,b,class\n1,2,x\n3,4,y\n",
        &Options::default(),
    );
    assert!(
        titled.contains("the columns are My things; it is one only"),
        "{titled}"
    );
    let quoted = refusal("'a','class'\n'1','x'\n'2','y'\n", &Options::default());
    assert!(
        quoted.contains("the columns are 'a', 'class'; only double quotation marks are taken off;"),
        "{quoted}"
    );
}

#[test]
fn quoted_separators_and_line_breaks_are_part_of_a_value() {
    let text = "note,class\n\"a, b\",x\n\"two\nlines\",y\n\"a, b\",x\n\"two\nlines\",y\n\"1\",y\n";
    let error = refusal(format!("{text}z,x,more\n"), &Options::default());
    assert_eq!(error, "data.csv: line 9: 3 fields, and the header has 2");
    let loaded = read(text, &Options::default());
    assert_eq!(kinds(&loaded), [("note", Kind::Category)]);
    assert_eq!(
        loaded.notes[0],
        "column note: categories, 1 of its 5 values are numbers or dates"
    );
}

#[test]
fn one_word_among_numbers_is_refused_unless_it_is_said_to_be_missing() {
    let text = rows(8).replace("5.5,", "n.a.,");
    let error = refusal(&text, &Options::default());
    assert_eq!(
        error,
        "data.csv: line 7, column x: 'n.a.' is neither a number nor one of the missing-value words (NA, NaN, null, ?, ...): name it in --missing, or the column in --categories"
    );
    let missing = Options {
        missing: vec!["n.a.".to_owned()],
        ..Options::default()
    };
    assert_eq!(kinds(&read(&text, &missing)), [("x", Kind::Number)]);
    let categories = Options {
        categories: vec!["x".to_owned()],
        ..Options::default()
    };
    assert_eq!(kinds(&read(&text, &categories)), [("x", Kind::Category)]);
}

#[test]
fn two_decimal_marks_are_refused() {
    let error = refusal(
        "x;y;class\n1,5;1;a\n2;2.5;b\n3;1;a\n4;1;b\n",
        &labelled("class"),
    );
    assert!(
        error.contains("line 2, column x: '1,5' has a decimal comma, and '2.5' of column y in line 3 a decimal point"),
        "{error}"
    );
}

#[test]
fn labels_that_nothing_can_be_learnt_from_are_refused() {
    for (label, expected) in [
        (
            "a",
            "data.csv: class is a in all 4 rows; a classifier needs two classes to tell apart",
        ),
        ("", "data.csv: class has no value; which is the label?"),
    ] {
        let text = format!("x,class\n1,{label}\n2,{label}\n3,{label}\n4,{label}\n");
        assert_eq!(refusal(text, &Options::default()), expected);
    }
    assert_eq!(
        refusal(rows(30), &labelled("x")),
        "data.csv: no two of the 30 rows have the same value of x; a class needs several rows. Is it the label?"
    );
    let prices = format!("{}0.5,a\n", rows(30));
    assert!(refusal(prices, &labelled("x")).contains("a quantity, and no class"));
    assert_eq!(
        refusal(rows(4), &labelled("klass")),
        "data.csv: no column klass; the columns are x, class"
    );
}

#[test]
fn classes_that_differ_by_case_stay_two_and_are_told() {
    let loaded = read("x,Class\n1,hid\n2,hId\n3,hid\n4,hId\n", &Options::default());
    assert_eq!(table(&loaded).1.class_names(), ["hId", "hid"]);
    assert!(
        loaded
            .notes
            .contains(&"classes that differ by case only: hId and hid".to_owned())
    );
}

#[test]
fn rows_without_a_label_are_left_out_and_told() {
    let loaded = read(format!("{}7.5,\n8.5,?\n", rows(10)), &Options::default());
    let (train, test) = table(&loaded);
    assert_eq!(train.len() + test.len(), 10);
    assert!(
        loaded
            .notes
            .iter()
            .any(|note| note.starts_with("2 rows without a label left out"))
    );
}

#[test]
fn a_class_of_one_row_stays_in_training() {
    let loaded = read(format!("{}9.5,c\n", rows(10)), &Options::default());
    let (train, test) = table(&loaded);
    assert_eq!(train.targets().class_counts(), [4, 4, 1]);
    assert_eq!(test.len(), 2);
}

#[test]
fn a_column_of_missing_values_is_left_out_whatever_the_test_file_holds() {
    let missing = |word: &str| {
        rows(6)
            .replace(".5,", &format!(".5,{word},"))
            .replace("x,class", "x,gap,class")
    };
    let (_directory, test) = file("test.csv", missing("word").as_bytes());
    let options = Options {
        test: Some(test),
        ..Options::default()
    };
    let loaded = read(missing("NA"), &options);
    assert_eq!(table(&loaded).1.columns()[1].missing(), 6);
    let (_, preparation) = loaded.prepared(&Settings::default()).unwrap();
    assert_eq!(
        preparation.unwrap().columns()[1].to_string(),
        "left out: missing in all rows"
    );
}

#[test]
fn what_is_no_table_is_refused_with_its_place() {
    let options = Options::default();
    for (content, expected) in [
        (
            &b"x,class\n"[..],
            "data.csv: there is a header and no row below it",
        ),
        (b"\n \n\n", "data.csv: there are only blank lines"),
        (
            b"x,class\n1,a\n\x002,b\n",
            "data.csv: line 3: a NUL byte; a table is text, and this may be something else",
        ),
        (
            b"class\na\nb\n",
            "data.csv: no column is left to learn from; the columns are class",
        ),
        (
            b"\x89HDF\r\n\x1a\nxxxx",
            "data.csv: an HDF5 file; write it as NPZ, CSV or Parquet",
        ),
        (
            b"\x80\x04\x95abc",
            "data.csv: a pickle; reading one runs code, so write the arrays as NPZ",
        ),
        (
            b"PK\x03\x04 no zip at all",
            "data.csv: an archive that cannot be read",
        ),
        (b"PAR1 no parquet", "data.csv: damaged Parquet"),
        (
            b"[\n  {\"x\": 1, \"class\": \"a\"}\n]",
            "data.csv: JSON; write the table as CSV or Parquet",
        ),
        (
            b"{ \"x\": 1, \"class\": \"a\"}\n",
            "data.csv: JSON; write the table as CSV or Parquet",
        ),
        (
            b"\n<!DOCTYPE html>\n<table></table>",
            "data.csv: a page (HTML or XML), and no table",
        ),
        (
            b"ARROW1\0\0\xff\xff",
            "data.csv: an Arrow or Feather file; write it as Parquet",
        ),
        (b"\x89PNG....", "data.csv: one picture; name the directory"),
        // Not even in a directory.
        (
            b"GIF89a\x10\0\x10\0",
            "data.csv: one picture, of a format that is not read; write pictures as PNG",
        ),
    ] {
        let error = refusal(content, &options);
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn what_is_packed_twice_or_in_an_archive_is_told() {
    let options = Options::default();
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, bytes).unwrap();
        encoder.finish().unwrap()
    };
    let error = refusal(gzip(&gzip(rows(10).as_bytes())), &options);
    assert_eq!(
        error,
        "data.csv: compressed with gzip twice; decompress it once"
    );
    let mut tar = vec![0; 512];
    tar[257..262].copy_from_slice(b"ustar");
    assert_eq!(
        refusal(&tar, &options),
        "data.csv: a tar archive; unpack it"
    );
    assert_eq!(
        refusal(b"PARE....", &options),
        "data.csv: an encrypted Parquet file; write it without encryption"
    );
}

#[test]
fn an_open_quotation_mark_and_a_bomb_do_not_fill_the_memory() {
    let options = Options {
        memory: Some(4 << 20),
        ..Options::default()
    };
    let open = format!("{}\"{}", rows(10), "never closed\n".repeat(200_000));
    let error = refusal(&open, &options);
    assert_eq!(
        error,
        "data.csv: line 12: a row of more than 1.04 MB; is a quotation mark not closed?"
    );
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let row = format!("1,{},a\n", "z".repeat(1000));
    let bomb = gzip(&format!("x,note,class\n{}", row.repeat(8 << 10)));
    assert!(bomb.len() < 100_000);
    let without = Options {
        ignore: vec!["note".to_owned()],
        ..options.clone()
    };
    let error = refusal(&bomb, &without);
    assert!(
        error.contains("and its bytes are more; the memory that is free"),
        "{error}"
    );
    let wide = format!(
        "x{}\n{}",
        ",x".repeat(999),
        format!("{}1\n", "1,".repeat(999)).repeat(1000)
    );
    let error = refusal(
        gzip(&wide),
        &Options {
            label: Some("x".to_owned()),
            ..options
        },
    );
    assert!(error.contains("and its columns are more"), "{error}");
}

#[test]
fn ten_thousand_columns_are_read() {
    let mut text = "class".to_owned();
    (0..10_000).for_each(|column| write!(text, ",x{column}").unwrap());
    for row in 0..6 {
        write!(text, "\n{}", ["a", "b"][row % 2]).unwrap();
        (0..10_000).for_each(|column| write!(text, ",{}", (row * column) % 7).unwrap());
    }
    let loaded = read(&text, &Options::default());
    assert_eq!(table(&loaded).0.columns().len(), 10_000);
    let error = refusal(&text, &labelled("klass"));
    assert!(error.len() < 400 && error.ends_with("x9999"), "{error}");
}

#[test]
fn groups_are_never_on_both_sides() {
    let mut text = "person,x,class\n".to_owned();
    for row in 0..60 {
        writeln!(text, "p{},{row},{}", row / 4, ["a", "b"][row % 2]).unwrap();
    }
    let options = Options {
        group: Some("person".to_owned()),
        ..Options::default()
    };
    let loaded = read(&text, &options);
    let (train, test) = table(&loaded);
    assert_eq!(train.columns().len(), 1);
    let groups = train.targets().groups().unwrap();
    assert_eq!((groups.len(), test.len()), (48, 12));
    let persons: std::collections::BTreeSet<&u32> = groups.iter().collect();
    assert_eq!(persons.len(), 12);
    let (_directory, second) = file("test.csv", b"person,x,class\np3,1,a\n");
    let options = Options {
        test: Some(second),
        ..options
    };
    let error = refusal(&text, &options);
    assert!(
        error.contains("test.csv: group p3 is in data.csv, too"),
        "{error}"
    );
}

#[test]
fn a_column_of_categories_stays_one_where_all_its_words_are_truth_values() {
    let rows = "true,true,1,a\nmaybe,false,2,b\nfalse,true,3,a\n".repeat(4);
    let train = format!("answer,sure,x,class\n{rows}");
    let test = b"answer,sure,x,class\ntrue,NA,1,a\nfalse,NA,2,b\n";
    let (_directory, second) = file("test.csv", test);
    let options = Options {
        test: Some(second),
        ..Options::default()
    };
    let loaded = read(&train, &options);
    let (train, test) = table(&loaded);
    let expected = [Kind::Category, Kind::Boolean, Kind::Number];
    for columns in [train.columns(), test.columns()] {
        let kinds: Vec<Kind> = columns.iter().map(tables::Column::kind).collect();
        assert_eq!(kinds, expected);
    }
}

#[test]
fn a_test_file_has_the_columns_of_the_training_file() {
    let with_test = |content: &str| {
        let (directory, path) = file("test.csv", content.as_bytes());
        let options = Options {
            test: Some(path),
            ..Options::default()
        };
        (directory, options)
    };
    let (_directory, options) = with_test("class,more,x\nb,1,7\nc,1,?\n");
    let loaded = read(rows(10), &options);
    let (train, test) = table(&loaded);
    assert_eq!((train.len(), test.len()), (10, 2));
    assert_eq!(test.columns().len(), 1);
    assert!(
        loaded
            .notes
            .contains(&"classes of the test file alone: c".to_owned())
    );
    let (_directory, options) = with_test("class,x\nb,seven\n");
    assert!(
        refusal(rows(10), &options)
            .contains("test.csv: line 2, column x: 'seven' is neither a number")
    );
    let (_directory, options) = with_test("class,z\nb,7\n");
    assert!(
        refusal(rows(10), &options).ends_with(
            "test.csv: no column x, which the training file has; the columns are class, z"
        )
    );
}

#[test]
fn arrays_are_read_as_keras_and_scikit_learn_name_them() {
    let loaded = load(&recorded("keras.npz"), &Options::default()).unwrap();
    let Content::Samples { train, test } = &loaded.content else {
        panic!("arrays are samples");
    };
    assert_eq!((train.len(), test.len()), (6, 2));
    assert_eq!(
        train.samples().picture(),
        Some(PictureShape {
            rows: 2,
            columns: 3
        })
    );
    assert_eq!(train.class_names()[..], ["3", "7"]);
    assert_eq!(train.labels()[..2], [1, 0]);

    let options = Options {
        group: Some("people".to_owned()),
        test_share: 0.34,
        ..Options::default()
    };
    let loaded = load(&recorded("rows.npz"), &options).unwrap();
    let Content::Samples { train, test } = &loaded.content else {
        panic!("arrays are samples");
    };
    assert_eq!(
        (train.len(), test.len(), train.samples().features()),
        (4, 2, 2)
    );
    // Column-major in the file.
    let first = train.samples().to_f32()[..2].to_vec();
    assert_eq!(first[1] - first[0], 1.0);
    let error = load(&recorded("objects.npz"), &Options::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("objects.npz: y: holds Python objects; reading those runs code"),
        "{error}"
    );
}

/// Writes an array of bytes into a directory.
fn write_bytes(directory: &Path, name: &str, shape: &str, bytes: &[u8]) {
    let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n");
    let length = (header.len() as u16).to_le_bytes();
    let array = [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), bytes].concat();
    std::fs::write(directory.join(format!("{name}.npy")), array).unwrap();
}

/// Eight samples of that shape, and labels of two classes.
fn of_bytes(shape: &str, bytes: &[u8], others: &[&str]) -> Loaded {
    let directory = tempfile::tempdir().unwrap();
    write_bytes(directory.path(), "X", shape, bytes);
    write_bytes(directory.path(), "y", "(8,)", &[0, 1, 0, 1, 0, 1, 0, 1]);
    for name in others {
        write_bytes(directory.path(), name, "(1,)", &[0]);
    }
    load(directory.path(), &Options::default()).unwrap()
}

#[test]
fn groups_of_training_rows_stand_beside_test_rows_that_are_given() {
    let directory = tempfile::tempdir().unwrap();
    for (part, rows) in [("train", 4), ("test", 2)] {
        let samples = vec![7; 2 * rows];
        write_bytes(
            directory.path(),
            &format!("x_{part}"),
            &format!("({rows}, 2)"),
            &samples,
        );
        let labels = [0, 1, 0, 1];
        write_bytes(
            directory.path(),
            &format!("y_{part}"),
            &format!("({rows},)"),
            &labels[..rows],
        );
    }
    write_bytes(directory.path(), "person", "(4,)", &[3, 3, 5, 5]);
    let options = Options {
        group: Some("person".to_owned()),
        ..Options::default()
    };
    let loaded = load(directory.path(), &options).unwrap();
    let Content::Samples { train, .. } = &loaded.content else {
        panic!("arrays are samples");
    };
    assert_eq!(train.groups().unwrap(), [0, 0, 1, 1]);
}

#[test]
fn colours_of_arrays_are_kept_pixel_by_pixel_whatever_their_order() {
    let shape = PictureShape {
        rows: 2,
        columns: 5,
    };
    let planes: Vec<u8> = (0..8 * 30).map(|at| (at % 30) as u8).collect();
    let first = of_bytes("(8, 3, 2, 5)", &planes, &[]);
    let last: Vec<u8> = (0..8 * 40).map(|at| (at % 40) as u8).collect();
    let opaque = of_bytes("(8, 2, 5, 4)", &last, &[]);
    for (loaded, expected, note) in [
        (first, [0, 10, 20, 1, 11, 21], "colours come first"),
        (opaque, [0, 1, 2, 4, 5, 6], "how opaque it is, left out"),
    ] {
        let Content::Samples { train, .. } = &loaded.content else {
            panic!("arrays are samples");
        };
        assert_eq!(train.samples().shown_shape(), shape);
        assert_eq!(train.samples().pixels().unwrap()[..6], expected);
        assert!(
            loaded.notes.iter().any(|of| of.contains(note)),
            "{:?}",
            loaded.notes
        );
    }
}

#[test]
fn pictures_in_grey_stay_so_however_few_rows_or_columns_they_have() {
    for (shape, rows, columns) in [("(8, 1, 2, 4)", 2, 4), ("(8, 3, 5, 1)", 3, 5)] {
        let loaded = of_bytes(shape, &vec![7; 8 * rows * columns], &[]);
        let Content::Samples { train, .. } = &loaded.content else {
            panic!("arrays are samples");
        };
        let picture = Some(PictureShape { rows, columns });
        assert_eq!(train.samples().picture(), picture, "{shape}");
    }
}

#[test]
fn what_is_left_out_of_test_pictures_is_told() {
    let directory = tempfile::tempdir().unwrap();
    for part in ["train", "test"] {
        for class in ["a", "b"] {
            let of_class = directory.path().join(part).join(class);
            std::fs::create_dir_all(&of_class).unwrap();
            for number in 0..3_u8 {
                let picture = [b"P5 2 2 255\n", &[number; 4][..]].concat();
                std::fs::write(of_class.join(format!("{number}.pgm")), picture).unwrap();
            }
        }
    }
    let damaged = directory.path().join("test/b/1.pgm");
    std::fs::write(&damaged, b"P5 2 2 255\n").unwrap();
    let loaded = load(directory.path(), &Options::default()).unwrap();
    let told = format!("test data: not read, and left out: {}", damaged.display());
    let mut notes = loaded.notes.iter();
    assert!(
        notes.any(|note| note.starts_with(&told)),
        "{:?}",
        loaded.notes
    );
    let shapes = loaded.notes.iter().filter(|note| note.contains("2 × 2"));
    assert_eq!(shapes.count(), 1, "{:?}", loaded.notes);
}

#[test]
fn arrays_that_are_left_out_are_told() {
    let loaded = of_bytes("(8, 2)", &[7; 16], &["val_images", "val_labels"]);
    assert_eq!(
        loaded.notes[0],
        "other arrays, and left out: val_images, val_labels"
    );
}

#[test]
fn a_missing_number_of_an_array_is_found_where_it_is() {
    let error = load(&recorded("missing.npz"), &Options::default());
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains(
            "missing.npz: X has NaN as feature 1 of row 3, counted from 0; write a table"
        ),
        "{error}"
    );
}

#[test]
fn parquet_of_pandas_is_read() {
    let options = Options {
        test_share: 0.5,
        ..Options::default()
    };
    let loaded = load(&recorded("table.parquet"), &options).unwrap();
    let expected = [
        ("age", Kind::Number),
        ("count", Kind::Number),
        ("member", Kind::Boolean),
        ("port", Kind::Category),
        ("day", Kind::Date),
    ];
    assert_eq!(kinds(&loaded), expected);
    let (train, test) = table(&loaded);
    let of = |name: &str| {
        train.column(name).unwrap().missing()
            + test
                .columns()
                .iter()
                .find(|c| c.name() == name)
                .unwrap()
                .missing()
    };
    assert_eq!(
        ["age", "count", "member", "port", "day"].map(of),
        [1, 0, 1, 1, 1]
    );
    let days = train.column("day").unwrap().as_number().unwrap();
    let days: Vec<f64> = (0..train.len()).map(days).collect();
    assert!(
        days.iter()
            .all(|day| day.is_nan() || [1.0, 2.5, 19782.0].contains(day)),
        "{days:?}"
    );
    for compressed in ["gzip.parquet", "lz4.parquet", "zstd.parquet"] {
        let same = load(&recorded(compressed), &options).unwrap();
        assert_eq!(same.sha256, loaded.sha256, "{compressed}");
    }
    let refused = |name: &str| load(&recorded(name), &options).unwrap_err().to_string();
    assert!(refused("nested.parquet").contains("column list.list.element is nested"));
    assert!(
        refused("negative.parquet").contains("damaged Parquet (a column is not within the file)")
    );
    let brotli = refused("brotli.parquet");
    assert!(
        brotli.contains("Parquet with brotli, which is not read; write it with Zstandard"),
        "{brotli}"
    );
}

/// What other programs write: decimals as bytes, timestamps of 96 bits, numbers of 16 bits.
#[test]
fn numbers_that_are_stored_as_bytes_are_read() {
    let loaded = |name: &str| {
        let test = Some(recorded(name));
        let options = Options {
            test,
            ..Options::default()
        };
        load(&recorded(name), &options).unwrap()
    };
    let (bytes, whole) = (loaded("bytes.parquet"), loaded("whole.parquet"));
    let ((bytes, _), (whole, _)) = (table(&bytes), table(&whole));
    let expected: [(&str, Kind, [f64; 4]); 6] = [
        ("price", Kind::Number, [0.3, -12.34, f64::NAN, 99999.99]),
        ("large", Kind::Number, [0.3, -12.34, f64::NAN, 1e30]),
        ("larger", Kind::Number, [0.3, -12.34, f64::NAN, 1e60]),
        ("whole", Kind::Number, [0.3, -12.34, f64::NAN, 99999.99]),
        ("half", Kind::Number, [0.5, -2.0, f64::NAN, 1000.0]),
        ("when", Kind::Date, [0.5, -1.0, f64::NAN, 18262.25]),
    ];
    for (name, kind, values) in expected {
        let tables = [&bytes, &whole].into_iter();
        let columns: Vec<_> = tables.filter_map(|table| table.column(name)).collect();
        assert!(!columns.is_empty(), "{name}");
        for column in columns {
            assert_eq!(column.kind(), kind, "{name}");
            let number = column.as_number().unwrap();
            for (row, value) in values.into_iter().enumerate() {
                let found = number(row);
                assert!(
                    found == value || found.is_nan() && value.is_nan(),
                    "{name}: {found}, {value}"
                );
            }
        }
    }
}

#[test]
fn whole_numbers_that_are_stored_as_decimals_stay_exact() {
    let loaded = load(&recorded("exact.parquet"), &Options::default()).unwrap();
    let (train, _) = table(&loaded);
    let names = train.targets().class_names();
    assert_eq!(names[..], ["9007199254740992", "9007199254740993"]);
    let told = "column number: whole numbers beyond 2^53 are rounded, as 9007199254740993";
    let notes = &loaded.notes;
    assert!(notes.iter().any(|note| note.starts_with(told)), "{notes:?}");
}

#[test]
fn numbers_without_a_sign_have_none() {
    let options = Options {
        test: Some(recorded("unsigned.parquet")),
        ..Options::default()
    };
    let loaded = load(&recorded("unsigned.parquet"), &options).unwrap();
    let Content::Table { train, .. } = &loaded.content else {
        panic!("a table");
    };
    assert_eq!(
        train.targets().class_names().to_vec(),
        ["3000000000", "4000000000"]
    );
    let largest = |column: &str| {
        let number = train.column(column).unwrap().as_number().unwrap();
        (0..train.len()).map(number).fold(0.0, f64::max)
    };
    assert_eq!(largest("small"), 4e9);
    assert_eq!(largest("large"), 18_446_744_073_709_547_520.0);
}

#[test]
fn svmlight_of_scikit_learn_is_read() {
    let options = Options {
        test: Some(recorded("rows.svmlight")),
        ..Options::default()
    };
    let loaded = load(&recorded("rows.svmlight"), &options).unwrap();
    let Content::Samples { train, .. } = &loaded.content else {
        panic!("rows are samples");
    };
    assert_eq!(train.class_names()[..], ["-1", "1"]);
    assert_eq!(
        train.samples().to_f32()[..],
        [0.0, 1.5, 2.0, 0.0, 0.0, 0.0, 1.0, 1.0]
    );
    for (content, expected) in [
        (
            "1 1:2\n0 3:x\n",
            "line 2: 'x' of feature 3 is no finite number",
        ),
        (
            "1 1:2\n0 3:1 2:1\n",
            "line 2: feature 2 does not come after the one before it",
        ),
        (
            "# two labels\n1,2 1:2\n",
            "line 2: '1,2' is more than one label; rows of one class each are compared",
        ),
        (
            "1 1:2\nx 3:1\n",
            "line 2: the label 'x' is a name, and those above are numbers; labels are all numbers or all names",
        ),
        (
            "big cat 1:2 3:1\nsmall dog 1:2 2:1\n",
            "rows of svmlight whose labels are not one word each; write a number, or one word",
        ),
        (
            "1 1:2\n0 4294967294:1\n",
            "2 rows of 4294967294 features, 34.4 GB with their zeros",
        ),
        (
            "1 qid:1 1:2\n0 3:1\n",
            "1 of 2 rows have a qid; all must have one, or none",
        ),
    ] {
        let options = Options {
            memory: Some(1 << 30),
            ..Options::default()
        };
        let error = refusal(content, &options);
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn sparse_rows_take_no_more_memory_than_there_is() {
    let row = (1..=1000).fold(String::new(), |row, feature| format!("{row} {feature}:1"));
    let text = (0..100).fold(String::new(), |text, i| format!("{text}{}{row}\n", i % 2));
    let with = |memory: u64| {
        let (_directory, path) = file("rows", text.as_bytes());
        let options = Options {
            memory: Some(memory),
            ..Options::default()
        };
        load(&path, &options).map_err(|error| error.to_string())
    };
    // 100 000 numbers of 16 bytes, and as much again.
    let error = with(3_199_999).unwrap_err();
    assert!(error.contains("and its rows are more"), "{error}");
    assert!(with(3_200_000).is_ok());
}

#[test]
fn a_comparison_needs_rows_to_learn_from_and_to_be_judged_on() {
    let of = |train: u8, test: u8| {
        let directory = tempfile::tempdir().unwrap();
        for (side, count) in [("train", train), ("t10k", test)] {
            let labels: Vec<u8> = (0..count).map(|label| label % 2).collect();
            let images = [
                &[0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 1, 0, 0, 0, 1],
                &labels[..],
            ];
            let labels = [&[0, 0, 8, 1, 0, 0, 0, count], &labels[..]];
            for (kind, bytes) in [("images-idx3", images), ("labels-idx1", labels)] {
                let path = directory.path().join(format!("{side}-{kind}-ubyte"));
                std::fs::write(path, bytes.concat()).unwrap();
            }
        }
        let loaded = load(directory.path(), &Options::default()).map(drop);
        let place = format!("{}: ", directory.path().display());
        loaded.map_err(|error| error.to_string().replace(&place, "data: "))
    };
    assert_eq!(of(4, 2), Ok(()));
    let none = "data: no samples: a fit needs at least one".to_owned();
    assert_eq!(of(0, 2), Err(none.clone()));
    assert_eq!(of(0, 0), Err(none));
    let untested = "data: no test samples: a comparison needs at least one";
    assert_eq!(of(4, 0), Err(untested.to_owned()));
}

#[test]
fn arff_without_a_relation_is_arff() {
    let text =
        "% by hand\n@attribute x numeric\n@attribute class {a,b}\n@data\n1,a\n2,b\n3,a\n4,b\n";
    let loaded = read(text, &Options::default());
    assert_eq!(kinds(&loaded), [("x", Kind::Number)]);
}

#[test]
fn arff_is_read_dense_and_sparse() {
    let header = "% a comment\n@RELATION zoo\n@attribute 'leg count' numeric\n\
        @attribute hair {no, 'a lot', \"it's\"}\n@attribute born date\n@attribute class {x,y}\n@data\n";
    let dense =
        "4,'a lot',1970-01-02,x\n?,no,?,y\n% between\n2,'it\\'s',1970-01-03,x\n1,no,1970-01-04,y\n";
    let loaded = read(format!("{header}{dense}"), &Options::default());
    let expected = [
        ("leg count", Kind::Number),
        ("hair", Kind::Category),
        ("born", Kind::Date),
    ];
    assert_eq!(kinds(&loaded), expected);
    let sparse = "{0 4, 3 y}\n{1 'a lot'}\n{3 y}\n{}\n";
    let sparse_header = header
        .replace("@attribute born date\n", "")
        .replace("class", "CLASS");
    let loaded = read(
        format!("{sparse_header}{}", sparse.replace("3 y", "2 y")),
        &Options::default(),
    );
    assert_eq!(table(&loaded).1.class_names(), ["x", "y"]);
    for (row, expected) in [
        ("4,no\n", "line 8: 2 fields, and there are 4 attributes"),
        (
            "4,yes,?,x\n",
            "line 8, column hair: 'yes' is none of the names that the header declares",
        ),
        (
            "four,no,?,x\n",
            "line 8, column leg count: 'four' is neither a number",
        ),
        ("4,'no,?,x\n", "line 8: a quotation mark is not closed"),
        (
            "4,'no' 7,?,x\n",
            "line 8: ' 7' follows a quotation mark that closes",
        ),
        (
            "{1 'no'x, 3 y}\n",
            "line 8: 'x' follows a quotation mark that closes",
        ),
        (
            "{0 4, 3 y, 0 5}\n",
            "line 8: attribute 0 stands twice in a row",
        ),
        ("", "no row follows @data"),
    ] {
        let error = refusal(format!("{header}{row}"), &Options::default());
        assert!(error.contains(expected), "{error}");
    }
}

/// What other programs wrote, and files of text: one of each format.
fn valid() -> Vec<(&'static str, Vec<u8>)> {
    let kept = |name: &'static str| (name, std::fs::read(recorded(name)).unwrap());
    let mut valid: Vec<(&str, Vec<u8>)> = vec![
        ("a.csv", rows(12).into_bytes()),
        ("b.csv", b"d;w;class\n2024-01-01;\"a;\nb\";x\n2024-01-02;1,5;y\n;true;x\n;NA;y\n".to_vec()),
        ("c.csv", "é,class\n1,a\n2,b\n".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("d.arff", b"@relation r\n@attribute 'a b' {x,'y z'}\n@attribute class {p,q}\n@data\n'y z',p\n{1 q}\n".to_vec()),
        ("e.pgm", b"P5 2 2 255\n\x00\x7f\x80\xff".to_vec()),
        ("f.ppm", b"P3 # in words\n2 1 15\n0 1 2 15 14 13\n".to_vec()),
        ("t10k-labels-idx1-ubyte", vec![0, 0, 8, 1, 0, 0, 0, 2, 1, 0]),
        ("t10k-images-idx3-ubyte", [vec![0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3], vec![7; 6]].concat()),
        ("X.npy", npy("(2, 3)", &[1; 24])),
        ("y.npy", npy("(2,)", &[2; 8])),
    ];
    valid.extend(
        [
            "rows.svmlight",
            "keras.npz",
            "rows.npz",
            "table.parquet",
            "gzip.parquet",
            "bytes.parquet",
        ]
        .map(kept),
    );
    valid.extend(
        [
            "colour.jpg",
            "grey.jpg",
            "colour.bmp",
            "palette.png",
            "deep.png",
        ]
        .map(kept),
    );
    valid
}

/// An array of `f4`.
fn npy(shape: &str, values: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n");
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), values].concat()
}

/// What is to be read where a file is part of a directory, which then has the others.
fn placed(directory: &Path, name: &str, bytes: &[u8], valid: &[(&str, Vec<u8>)]) -> PathBuf {
    let is_part = |(other, _): &&(&str, Vec<u8>)| match name.rsplit_once('.') {
        Some((_, "npy")) => other.ends_with("npy"),
        None => other.ends_with("ubyte"),
        _ => false,
    };
    for (other, bytes) in valid.iter().filter(is_part) {
        std::fs::write(directory.join(other), bytes).unwrap();
        std::fs::write(directory.join(other.replace("t10k", "train")), bytes).unwrap();
    }
    let is_picture = ["pgm", "ppm", "jpg", "bmp", "png"]
        .iter()
        .any(|of| name.ends_with(of));
    let file = directory.join(if is_picture {
        format!("a/{name}")
    } else {
        name.to_owned()
    });
    if is_picture {
        for class in ["a", "b"] {
            std::fs::create_dir(directory.join(class)).unwrap();
        }
        std::fs::write(directory.join("b/e.pgm"), &valid[4].1).unwrap();
    }
    std::fs::write(&file, bytes).unwrap();
    if is_picture || valid.iter().any(|of| is_part(&of)) {
        directory.to_owned()
    } else {
        file
    }
}

/// Every reader: as data to learn from, as columns of predictions, as a picture that a model is asked about.
#[test]
fn mutated_files_are_read_or_refused() {
    let valid = valid();
    let options = Options {
        memory: Some(8 << 20),
        ..Options::default()
    };
    let shape = PictureShape {
        rows: 2,
        columns: 2,
    };
    mutants::each(&valid, 150, |name, bytes| {
        let directory = tempfile::tempdir_in(mutants::memory()).unwrap();
        let path = placed(directory.path(), name, bytes, &valid);
        let loaded = load(&path, &options).map(|loaded| {
            catalog::inspect(&loaded);
            drop(loaded.prepared(&Settings::default()));
        });
        let columns = if path.is_file() {
            catalog::read_values(&path, &|_| Some(catalog::Wanted::Names)).map(drop)
        } else {
            Ok(())
        };
        let asked = [
            catalog::Manner::Scaled,
            catalog::Manner::Colour,
            catalog::Manner::Digit,
        ]
        .map(|manner| catalog::ask_picture(bytes, 8 << 20, shape, manner).err());
        let errors = [loaded.err(), columns.err()].into_iter().chain(asked);
        for error in errors.flatten() {
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    });
}

/// What the fuzz targets begin with, each and a few mutants of it: a smoke of those targets that every compiler builds.
#[test]
fn seeds_of_the_fuzz_targets_are_read_or_refused() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let mut files = Vec::new();
    for target in ["arff", "delimited", "npz", "parquet", "svmlight"] {
        let entries = std::fs::read_dir(seeds.join(target)).unwrap();
        files.extend(entries.map(|entry| entry.unwrap().path()));
    }
    files.sort_unstable();
    let names: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    let read = names
        .iter()
        .map(|name| (name.as_str(), std::fs::read(name).unwrap()));
    let seeds: Vec<(&str, Vec<u8>)> = read.collect();
    assert!(seeds.len() > 15, "{names:?}");
    let options = Options {
        memory: Some(8 << 20),
        ..Options::default()
    };
    mutants::each(&seeds, 20, |name, bytes| {
        let directory = tempfile::tempdir_in(mutants::memory()).unwrap();
        let path = directory.path().join(Path::new(name).file_name().unwrap());
        std::fs::write(&path, bytes).unwrap();
        let error = load(&path, &options).err().map(|error| error.to_string());
        assert!(!error.is_some_and(|error| error.contains('\n')), "{name}");
    });
}
