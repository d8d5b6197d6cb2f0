//! Parquet as it is seldom written: its columns mean what the same words mean in a table of text.

use catalog::{ColumnValues, Content, Loaded, Options, Wanted, load, read_values};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::path::PathBuf;
use std::sync::Arc;
use tables::{Table, Values};

enum Written<'a> {
    Words(&'a [&'a str]),
    Wholes(&'a [i64]),
}

/// A file of columns that are all there in each row.
fn file(schema: &str, columns: &[Written<'_>]) -> (tempfile::TempDir, PathBuf) {
    let schema = parse_message_type(&format!("message table {{ {schema} }}")).unwrap();
    let mut writer =
        SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for values in columns {
        let mut column = group.next_column().unwrap().unwrap();
        let written = match values {
            Written::Words(words) => {
                let words: Vec<ByteArray> = words.iter().map(|word| (*word).into()).collect();
                let column = column.typed::<ByteArrayType>();
                column.write_batch(&words, None, None)
            }
            Written::Wholes(values) => {
                let column = column.typed::<Int64Type>();
                column.write_batch(values, None, None)
            }
        };
        written.unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data.parquet");
    std::fs::write(&path, writer.into_inner().unwrap()).unwrap();
    (directory, path)
}

fn table(loaded: &Loaded) -> &Table {
    match &loaded.content {
        Content::Table { train, .. } => train,
        Content::Samples { .. } => panic!("a table was given"),
    }
}

#[test]
fn words_are_without_blanks_around_them_and_missing_where_they_say_so() {
    let schema = "required binary g (UTF8); required binary kind (UTF8); required int64 x;
        required binary class (UTF8);";
    let rows: Vec<i64> = (0..40).collect();
    let words = |words: [&'static str; 4]| -> Vec<&str> {
        (0..40).map(|row| words[row / 2 % words.len()]).collect()
    };
    let kinds = words(["u", " u\t", "NA", "\u{a0}u"]);
    let classes = words(["a", "a ", "None", " ? "]);
    let groups = ["1", "2", "3", "4", "5", "1 ", " 2", "3\t", "4 ", " 5"];
    let groups: Vec<&str> = groups.into_iter().cycle().take(40).collect();
    let (_directory, path) = file(
        schema,
        &[
            Written::Words(&groups),
            Written::Words(&kinds),
            Written::Wholes(&rows),
            Written::Words(&classes),
        ],
    );
    let options = Options {
        group: Some("g".to_owned()),
        test_share: 0.5,
        ..Options::default()
    };
    let loaded = load(&path, &options).unwrap();
    // What a table of text says of the same words.
    let mut text = "g,kind,x,class\n".to_owned();
    for row in 0..40 {
        let words = [groups[row], kinds[row], &row.to_string(), classes[row]];
        text = format!("{text}{}\n", words.join(","));
    }
    std::fs::write(path.with_extension("csv"), text).unwrap();
    let same = load(&path.with_extension("csv"), &options).unwrap();
    assert_eq!(loaded.sha256, same.sha256);
    let notes = |loaded: &Loaded| loaded.notes.join("\n").replace(".csv", ".parquet");
    assert_eq!(notes(&loaded), notes(&same));
    assert_eq!(loaded.notes[0], "missing: ?, NA (20 values)");
    assert!(
        notes(&loaded).contains("\n5 groups in "),
        "{}",
        notes(&loaded)
    );
    assert_eq!(table(&loaded).targets().class_names()[..], ["None", "a"]);
    let Values::Categories(of) = table(&loaded).columns()[0].values() else {
        panic!("words were given");
    };
    assert_eq!(of.names()[..], ["u", "\u{a0}u"]);
    let values = read_values(&path, &|name| (name == "class").then_some(Wanted::Names)).unwrap();
    let ColumnValues::Names(codes, names) = &values.columns[0].1 else {
        panic!("names were wanted");
    };
    assert_eq!(names[..], ["a", "None"]);
    assert_eq!(codes[..8].iter().flatten().count(), 6);
}

#[test]
fn whole_numbers_that_are_rounded_are_told() {
    const EXACT: i64 = 1 << 53;
    let told = |numbers: &[i64], of: &str| {
        let rows = numbers.len();
        let classes: Vec<&str> = (0..rows).map(|row| ["a", "b"][row % 2]).collect();
        let (_directory, path) = file(
            &format!("required int64 id {of}; required binary class (UTF8);"),
            &[Written::Wholes(numbers), Written::Words(&classes)],
        );
        let read = |options| {
            let notes = load(&path, &options).unwrap().notes;
            notes.into_iter().find(|note| note.contains("2^53"))
        };
        let categories = vec!["id".to_owned()];
        assert_eq!(
            read(Options {
                categories,
                ..Options::default()
            }),
            None
        );
        read(Options::default())
    };
    assert_eq!(told(&[EXACT, -EXACT, EXACT + 2, 7, 7, i64::MIN], ""), None);
    assert_eq!(
        told(&[1, 2, 3, EXACT + 1, EXACT + 3, 4], "").as_deref(),
        Some(
            "column id: whole numbers beyond 2^53 are rounded, as 9007199254740993 in row 3, counted from 0; if they are names, put it in --categories or --ignore"
        )
    );
    let unsigned = told(&[1, 2, 3, 4, -1, 4], "(UINT_64)").unwrap();
    assert!(
        unsigned.contains("as 18446744073709551615 in row 4"),
        "{unsigned}"
    );
}

#[test]
fn a_nested_column_of_the_name_of_another_is_refused() {
    let nested = "required group x { required int64 b; required int64 c; }";
    let flat = "required int64 x;";
    let read = |schema: &str, ignored: &str| {
        let numbers = [1, 2, 3, 4, 5, 6];
        let columns = schema.matches("int64").count();
        let mut written: Vec<Written<'_>> =
            (0..columns).map(|_| Written::Wholes(&numbers)).collect();
        written.push(Written::Words(&["a", "b", "a", "b", "a", "b"]));
        let (_directory, path) = file(&format!("{schema} required binary class (UTF8);"), &written);
        let options = Options {
            ignore: Vec::from_iter((!ignored.is_empty()).then(|| ignored.to_owned())),
            ..Options::default()
        };
        let loaded = load(&path, &options).map_err(|error| error.to_string());
        loaded.map(|loaded| table(&loaded).columns().len())
    };
    for schema in [
        format!("{flat} {nested}"),
        format!("{nested} {flat}"),
        format!("{flat} {flat}"),
    ] {
        let error = read(&schema, "").unwrap_err();
        assert!(
            error.ends_with("two columns are called x; names must differ"),
            "{error}"
        );
    }
    let other = format!("required int64 other; {nested}");
    assert_eq!(read(&other, "x"), Ok(1));
    let error = read(&other, "").unwrap_err();
    assert!(error.contains("column x.b is nested"), "{error}");
}

/// Advice on directories is for data sets.
#[test]
fn a_picture_among_columns_is_told_what_is_needed() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), b"\x89PNG....").unwrap();
    let error = read_values(file.path(), &|_| None).unwrap_err().to_string();
    assert!(
        error.ends_with(": one picture; CSV, Parquet, NPY or NPZ is needed here"),
        "{error}"
    );
}
