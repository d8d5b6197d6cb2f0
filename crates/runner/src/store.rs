//! What was computed once, kept in `SQLite` under a key of everything that it depends on.
//!
//! The store only spares work. Whatever is wrong with it costs time, never a result: what cannot be
//! read is computed again, and what cannot be written is not kept.

use crate::hash::sha256;
use crate::limits::Limits;
use records::{Cell, Effort, FitRecord, Fitted, JudgedTrial, Outcome, compress, decompress};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

/// Name of the store in a results directory.
const FILE: &str = "fits.sqlite";

/// It, and what `SQLite` writes beside it.
const FILES: [&str; 4] = [
    FILE,
    "fits.sqlite-journal",
    "fits.sqlite-wal",
    "fits.sqlite-shm",
];

/// How long another program that writes is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Version of the schema. A store of another version is begun anew: it holds nothing that cannot be
/// computed again.
const VERSION: i64 = 2;

const SCHEMA: &str = "DROP TABLE IF EXISTS fits; CREATE TABLE fits (
    key TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    machine TEXT NOT NULL,
    run TEXT NOT NULL,
    result BLOB NOT NULL
) STRICT";

/// What a fit's result depends on, as JSON, and its hash.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    description: String,
    hash: String,
}

impl Key {
    /// The key of a fit that depends on these values and on no others.
    pub(crate) fn new(description: &Value) -> Self {
        let description = description.to_string();
        Self {
            hash: sha256(description.as_bytes()),
            description,
        }
    }

    /// The hash, in hexadecimal.
    pub(crate) fn hash(&self) -> &str {
        &self.hash
    }

    /// What it is the hash of.
    pub(crate) fn described(&self) -> Value {
        serde_json::from_str(&self.description).unwrap_or_default()
    }
}

/// What fits took that are most like another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Earlier {
    /// The longest: to fit and to predict, in seconds.
    pub seconds: f64,
    /// The most memory, in bytes, where that was measured.
    pub memory: Option<usize>,
}

/// The fits that are looked at, the newest first: more would not tell more.
const MOST_EARLIER: i64 = 2_000;

/// Where trials are made that are kept: whichever the machine, they say no more.
pub(crate) const ONE_THREAD: &str = "one thread";

/// A result as it stands in a store.
#[derive(Debug)]
pub(crate) struct Row {
    key: Key,
    machine: String,
    run: String,
    result: Vec<u8>,
}

impl Row {
    /// Whether it is the result under a key.
    pub(crate) fn is_of(&self, key: &Key) -> bool {
        self.key.hash == key.hash
    }

    /// The bytes that it takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.key.hash.len()
            + self.key.description.len()
            + self.machine.len()
            + self.run.len()
            + self.result.len()
    }
}

/// A store, open as long as nothing goes wrong with it. Each fit is on the disk before the next begins.
#[derive(Debug)]
pub(crate) struct Store {
    path: PathBuf,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    /// Nothing, once something went wrong.
    connection: Option<Connection>,
    /// What went wrong and was not told yet.
    trouble: Option<String>,
}

impl Store {
    /// Opens the store of a results directory, or begins one.
    pub(crate) fn open(results: &Path) -> Self {
        let path = results.join(FILE);
        let opened = std::fs::create_dir_all(results)
            .map_err(|error| error.to_string())
            .and_then(|()| connect(&path));
        let (connection, trouble) = match opened {
            Ok(connection) => (Some(connection), None),
            Err(reason) => (None, Some(in_words(&path, &reason))),
        };
        Self {
            path,
            open: Mutex::new(Open {
                connection,
                trouble,
            }),
        }
    }

    /// A store that keeps nothing.
    pub(crate) fn none() -> Self {
        Self {
            path: PathBuf::new(),
            open: Mutex::new(Open {
                connection: None,
                trouble: None,
            }),
        }
    }

    /// What went wrong since the last time that somebody asked.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.lock().trouble.take()
    }

    /// The fit under a key, as it finished in an earlier run within these limits. Nobody has checked it.
    pub(crate) fn find_fit(
        &self,
        id: &str,
        cell: Cell,
        key: &Key,
        limits: Limits,
    ) -> Option<FitRecord> {
        let found = self.find::<Box<Fitted>>(key);
        let (fitted, machine) = found.filter(|(fitted, _)| limits.admit(fitted))?;
        Some(FitRecord {
            id: id.to_owned(),
            cell,
            key: key.hash().to_owned(),
            machine: Some(machine),
            // The run that made it looked.
            looks: 0,
            outcome: Outcome::Finished(fitted),
        })
    }

    /// The result under a key, with the machine that it ran on. What cannot be read is not there.
    pub(crate) fn find<T: DeserializeOwned>(&self, key: &Key) -> Option<(T, String)> {
        let mut open = self.lock();
        let connection = open.connection.as_ref()?;
        let row = connection
            .query_row(
                "SELECT result, machine FROM fits WHERE key = ?1",
                [&key.hash],
                |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?)),
            )
            .optional();
        match row {
            // Damaged, or of another version's form: computed again, and kept in its place.
            Ok(row) => row.and_then(|(compressed, machine)| Some((unpack(&compressed)?, machine))),
            Err(error) => {
                self.give_up(&mut open, &error);
                None
            }
        }
    }

    /// What earlier fits of the model of this key took: on the same data with the same parameters where there
    /// are such, else on the same data, else any.
    ///
    /// `took` reads what one took out of what is kept of it.
    pub(crate) fn earlier<T: DeserializeOwned>(
        &self,
        key: &Key,
        took: fn(&T) -> Option<Earlier>,
    ) -> Option<Earlier> {
        let open = self.lock();
        let newest = "SELECT description, result FROM fits ORDER BY rowid DESC LIMIT ?1";
        let mut statement = open.connection.as_ref()?.prepare(newest).ok()?;
        let wanted = key.described();
        let rows = statement.query_map([MOST_EARLIER], |row| {
            let description: String = row.get(0)?;
            let result: Vec<u8> = row.get(1)?;
            Ok(likeness(&description, &wanted).map(|likeness| (likeness, result)))
        });
        let alike: Vec<(u8, Vec<u8>)> = rows.ok()?.filter_map(|row| row.ok()?).collect();
        let most = alike.iter().map(|(likeness, _)| *likeness).max()?;
        let most_alike = alike.iter().filter(|(likeness, _)| *likeness == most);
        let took = most_alike.filter_map(|(_, result)| took(&unpack(result)?));
        took.reduce(Earlier::or)
    }

    /// Keeps a result, in place of an earlier one under this key.
    pub(crate) fn keep(&self, key: &Key, machine: &str, run: &str, result: &impl Serialize) {
        self.keep_all(self.row(key, machine, run, result).into_iter().collect());
    }

    /// A result as it stands here, if results are kept at all.
    pub(crate) fn row(
        &self,
        key: &Key,
        machine: &str,
        run: &str,
        result: &impl Serialize,
    ) -> Option<Row> {
        let mut open = self.lock();
        open.connection.as_ref()?;
        match serde_json::to_vec(result) {
            Ok(json) => Some(Row {
                key: key.clone(),
                machine: machine.to_owned(),
                run: run.to_owned(),
                result: compress(&json, Effort::Fast),
            }),
            Err(error) => {
                self.give_up(&mut open, &error);
                None
            }
        }
    }

    /// Keeps all of these or none, in place of earlier ones. The disk is waited for once.
    pub(crate) fn keep_all(&self, mut rows: Vec<Row>) {
        let mut open = self.lock();
        let Some(connection) = &mut open.connection else {
            return;
        };
        // Neighbours in the index then are on the same page, which is written once.
        rows.sort_unstable_by(|a, b| a.key.hash.cmp(&b.key.hash));
        if let Err(error) = insert(connection, &rows) {
            self.give_up(&mut open, &error);
        }
    }

    /// Drops the result under a key.
    pub(crate) fn forget(&self, key: &Key) {
        let mut open = self.lock();
        let Some(connection) = &open.connection else {
            return;
        };
        if let Err(error) = connection.execute("DELETE FROM fits WHERE key = ?1", [&key.hash]) {
            self.give_up(&mut open, &error);
        }
    }

    /// Works without the store from now on: waiting for it again and again would cost more than it spares.
    fn give_up(&self, open: &mut Open, reason: &dyn Display) {
        open.connection = None;
        open.trouble = Some(in_words(&self.path, reason));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Open> {
        // Whoever panicked while holding it left nothing half done: each call is one transaction.
        self.open
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn in_words(path: &Path, reason: &dyn Display) -> String {
    format!(
        "the store {} cannot be used ({reason}): fits are made anew and not kept; if this stays so, delete the file",
        path.display()
    )
}

impl Earlier {
    fn or(self, other: Self) -> Self {
        Self {
            seconds: self.seconds.max(other.seconds),
            memory: self.memory.max(other.memory),
        }
    }
}

impl Earlier {
    /// What a fit took.
    pub(crate) fn of_fit(fitted: &Fitted) -> Option<Self> {
        Some(Self {
            seconds: fitted.fit_seconds? + fitted.predict_seconds.unwrap_or(0.0),
            memory: Some(fitted.peak_memory_bytes?),
        })
    }

    /// What a trial took, all folds together.
    pub(crate) fn of_trial(judged: &JudgedTrial) -> Self {
        Self {
            seconds: judged.fit_seconds(),
            memory: None,
        }
    }
}

/// How much a stored fit is like a wanted one: 2 with the same data and parameters, 1 with the same data,
/// 0 of the same model; `None` of another, or of another part of the data.
fn likeness(description: &str, wanted: &Value) -> Option<u8> {
    let found: Value = serde_json::from_str(description).ok()?;
    let model = |of: &Value| {
        (
            of["recipe"]["model"].clone(),
            of["recipe"]["command"].clone(),
        )
    };
    if found.get("measuring").is_none() || model(&found) != model(wanted) {
        return None;
    }
    let same = |key: &str| found[key] == wanted[key];
    // A fit of fewer rows says nothing of how long one of all takes.
    let size = [
        "trial",
        "train_samples",
        "train_limit",
        "quick",
        "judged_on",
    ];
    if !size.into_iter().all(same) {
        return None;
    }
    let parameters = found["recipe"]["parameters"] == wanted["recipe"]["parameters"];
    Some(match (same("data"), parameters) {
        (true, true) => 2,
        (true, false) => 1,
        (false, _) => 0,
    })
}

fn insert(connection: &mut Connection, rows: &[Row]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut statement = transaction.prepare(
        "INSERT OR REPLACE INTO fits (key, description, machine, run, result) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for row in rows {
        let Key { hash, description } = &row.key;
        statement.execute(params![hash, description, row.machine, row.run, row.result])?;
    }
    drop(statement);
    transaction.commit()
}

fn unpack<T: DeserializeOwned>(compressed: &[u8]) -> Option<T> {
    serde_json::from_slice(&decompress(compressed, usize::MAX).ok()?).ok()
}

fn connect(path: &Path) -> Result<Connection, String> {
    // A pipe would be waited for.
    for name in FILES {
        let file = path.with_file_name(name);
        if std::fs::metadata(&file).is_ok_and(|found| !found.is_file()) {
            return Err(format!("{name} is no regular file"));
        }
    }
    open(path).map_err(|error| error.to_string())
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    // Readers then do not keep writers waiting. Some file systems do not have it.
    let _ = connection.pragma_update(None, "journal_mode", "WAL");
    begin(&mut connection)?;
    Ok(connection)
}

/// Makes the table unless it is there. Whoever comes first makes it, and nobody drops it again.
fn begin(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version != VERSION {
        transaction.execute_batch(SCHEMA)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn key(number: u64) -> Key {
        Key::new(&json!({"model": "softmax", "seed": number}))
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_waited_for() {
        for name in FILES {
            let directory = tempfile::tempdir().unwrap();
            let pipe = directory.path().join(name);
            let made = std::process::Command::new("mkfifo").arg(&pipe).status();
            assert!(made.unwrap().success());
            let store = Store::open(directory.path());
            let trouble = store.trouble().unwrap();
            assert!(trouble.contains("is no regular file"), "{trouble}");
        }
    }

    #[test]
    fn a_result_comes_back_bit_by_bit_and_only_under_its_key() {
        let directory = tempfile::tempdir().unwrap();
        let result = vec![0.1 + 0.2, 1e-300, 7.0];
        Store::open(directory.path()).keep(&key(1), "here", "run", &result);
        let store = Store::open(directory.path());
        assert_eq!(store.find(&key(1)), Some((result, "here".to_owned())));
        assert_eq!(store.find::<Vec<f64>>(&key(2)), None);
        assert_eq!(store.trouble(), None);
    }

    #[test]
    fn earlier_fits_tell_what_one_like_them_takes() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path());
        let key = |model: &str, data: u32, epochs: u32| {
            let recipe = json!({"model": model, "parameters": {"epochs": epochs}});
            Key::new(&json!({"measuring": "1", "recipe": recipe, "data": data}))
        };
        let keep = |key: &Key, seconds: f64| {
            let mut fitted = records::examples::fitted(&[0]);
            fitted.fit_seconds = Some(seconds);
            fitted.predict_seconds = None;
            store.keep(key, "here", "run", &fitted);
        };
        let seconds = |key: &Key| {
            store
                .earlier(key, Earlier::of_fit)
                .map(|earlier| earlier.seconds)
        };
        assert_eq!(seconds(&key("a", 1, 5)), None);
        keep(&key("b", 1, 5), 100.0);
        keep(&key("a", 2, 7), 7.0);
        assert_eq!(seconds(&key("a", 1, 5)), Some(7.0));
        keep(&key("a", 1, 6), 3.0);
        keep(&key("a", 1, 7), 4.0);
        assert_eq!(seconds(&key("a", 1, 5)), Some(4.0));
        assert_eq!(seconds(&key("a", 1, 6)), Some(3.0));
        let few = Key::new(&json!({
            "measuring": "1",
            "recipe": {"model": "a", "parameters": {"epochs": 5}},
            "data": 1,
            "train_limit": 400,
        }));
        keep(&few, 0.1);
        assert_eq!(seconds(&key("a", 1, 5)), Some(4.0), "of fewer rows");
        assert_eq!(seconds(&few), Some(0.1));
    }

    #[test]
    fn a_store_of_another_version_is_begun_anew() {
        let directory = tempfile::tempdir().unwrap();
        let other = Connection::open(directory.path().join(FILE)).unwrap();
        other.execute("CREATE TABLE fits (other TEXT)", []).unwrap();
        drop(other);
        let store = Store::open(directory.path());
        store.keep(&key(1), "here", "run", &1);
        assert!(store.find::<i32>(&key(1)).is_some());
    }

    #[test]
    fn a_file_that_is_no_store_is_told_once_and_costs_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        std::fs::write(&path, "not a database, but long enough").unwrap();
        let store = Store::open(directory.path());
        let trouble = store.trouble().unwrap();
        assert!(
            trouble.contains(FILE) && trouble.contains("delete the file"),
            "{trouble}"
        );
        assert_eq!(store.trouble(), None);
        store.keep(&key(1), "here", "run", &1);
        assert_eq!(store.find::<i32>(&key(1)), None);
    }

    #[test]
    fn a_damaged_row_is_not_there_and_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path());
        store.keep(&key(1), "here", "run", &"a result");
        let other = Connection::open(directory.path().join(FILE)).unwrap();
        other
            .execute("UPDATE fits SET result = substr(result, 1, 9)", [])
            .unwrap();
        assert_eq!(store.find::<String>(&key(1)), None);
        assert_eq!(store.trouble(), None);
        store.keep(&key(1), "here", "run", &"again");
        assert_eq!(store.find::<String>(&key(1)).unwrap().0, "again");
    }

    #[test]
    fn a_full_disk_is_told_and_costs_only_what_was_written_last() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path());
        let rows = |keys: std::ops::Range<u64>| {
            let row = |number| store.row(&key(number), "here", "run", &number);
            keys.filter_map(row).collect::<Vec<Row>>()
        };
        store.keep_all(rows(0..100));
        let open = store.lock();
        let connection = open.connection.as_ref().unwrap();
        // As many pages as there are: SQLite says of one more what it says where the disk is full.
        connection.pragma_update(None, "max_page_count", 1).unwrap();
        drop(open);
        store.keep_all(rows(100..1_000));
        let trouble = store.trouble().unwrap();
        assert!(trouble.contains("full"), "{trouble}");
        let again = Store::open(directory.path());
        let kept = (0..1_000).filter(|&number| again.find::<u64>(&key(number)).is_some());
        assert_eq!(kept.count(), 100);
        assert_eq!(again.trouble(), None);
    }

    #[test]
    fn a_locked_store_is_given_up() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path());
        wait_for_nobody(&store);
        let other = Connection::open(directory.path().join(FILE)).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        store.keep(&key(1), "here", "run", &1);
        let trouble = store.trouble().unwrap();
        assert!(trouble.contains("locked"), "{trouble}");
    }

    /// Does not wait for another program that writes.
    fn wait_for_nobody(store: &Store) {
        let open = store.lock();
        let connection = open.connection.as_ref().unwrap();
        connection.busy_timeout(Duration::ZERO).unwrap();
    }
}
