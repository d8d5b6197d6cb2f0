//! What was computed once, kept in `SQLite` under a key of everything that they depend on.

use crate::failure::Failure;
use base16ct::lower::encode_string;
use flate2::Compression;
use flate2::read::{ZlibDecoder, ZlibEncoder};
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the store in a results directory.
pub(crate) const FILE: &str = "fits.sqlite";

/// Version of the schema. A store of another version is begun anew: it holds nothing that cannot be
/// computed again.
const VERSION: i64 = 1;

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
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    encode_string(&Sha256::digest(bytes))
}

/// An open store. Each fit is on the disk before the next begins.
pub(crate) struct Store {
    path: PathBuf,
    connection: Connection,
}

impl Store {
    /// Opens the store of a results directory, or begins one.
    pub(crate) fn open(results: &Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(results).map_err(|error| Failure::Store {
            path: results.to_owned(),
            reason: error.to_string(),
        })?;
        let path = results.join(FILE);
        let failed = |error: rusqlite::Error| Failure::Store {
            path: path.clone(),
            reason: match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                    format!("{error}; delete it, and what it held is computed again")
                }
                _ => error.to_string(),
            },
        };
        let mut connection = Connection::open(&path).map_err(failed)?;
        // Two comparisons at once take turns.
        connection
            .busy_timeout(Duration::from_secs(30))
            .map_err(failed)?;
        begin(&mut connection).map_err(failed)?;
        Ok(Self { path, connection })
    }

    /// The result under a key, with the machine that it ran on.
    pub(crate) fn find<T: DeserializeOwned>(
        &self,
        key: &Key,
    ) -> Result<Option<(T, String)>, Failure> {
        let row: Option<(Vec<u8>, String)> = self
            .connection
            .query_row(
                "SELECT result, machine FROM fits WHERE key = ?1",
                [&key.hash],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            .map_err(|error| self.failed(&error))?;
        let Some((compressed, machine)) = row else {
            return Ok(None);
        };
        let mut json = Vec::new();
        ZlibDecoder::new(compressed.as_slice())
            .read_to_end(&mut json)
            .map_err(|error| self.failed(&error))?;
        // Of another version's form: computed again, and kept in its place.
        Ok(serde_json::from_slice(&json)
            .ok()
            .map(|result| (result, machine)))
    }

    /// Keeps a result, in place of an earlier one under this key.
    pub(crate) fn keep(
        &self,
        key: &Key,
        machine: &str,
        run: &str,
        result: &impl Serialize,
    ) -> Result<(), Failure> {
        let json = serde_json::to_vec(result).map_err(|error| self.failed(&error))?;
        let mut compressed = Vec::new();
        ZlibEncoder::new(json.as_slice(), Compression::default())
            .read_to_end(&mut compressed)
            .map_err(|error| self.failed(&error))?;
        self.connection
            .execute(
                "INSERT OR REPLACE INTO fits (key, description, machine, run, result) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![key.hash, key.description, machine, run, compressed],
            )
            .map(|_| ())
            .map_err(|error| self.failed(&error))
    }

    fn failed(&self, reason: &dyn std::fmt::Display) -> Failure {
        Failure::Store {
            path: self.path.clone(),
            reason: reason.to_string(),
        }
    }
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
    use report::{Fitted, Latency};
    use serde_json::json;

    fn fitted() -> Fitted {
        Fitted {
            parameters: 3,
            fit_seconds: 0.1 + 0.2,
            predict_seconds: 1e-3,
            latency: Latency {
                p50: 1e-6,
                p99: 2e-6,
                images: 4,
            },
            peak_memory_bytes: 5,
            train_accuracy: 1.0 / 3.0,
            predictions: vec![0, 7, 300],
            log_probabilities: Some(vec![-0.1, f32::NEG_INFINITY]),
            temperature: None,
            looks: 1,
            certificate: serde_json::Map::new(),
            epochs: Vec::new(),
            linear: None,
            mistakes: Vec::new(),
        }
    }

    #[test]
    fn a_fit_comes_back_bit_by_bit_and_only_under_its_key() {
        let directory = tempfile::tempdir().unwrap();
        let key = Key::new(&json!({"model": "softmax", "seed": 1}));
        {
            let store = Store::open(directory.path()).unwrap();
            store.keep(&key, "here", "run", &fitted()).unwrap();
        }
        let store = Store::open(directory.path()).unwrap();
        let found = store.find(&key).unwrap().unwrap();
        assert_eq!(found, (fitted(), "here".to_owned()));
        let other = Key::new(&json!({"model": "softmax", "seed": 2}));
        assert_eq!(store.find::<Fitted>(&other).unwrap(), None);
    }

    #[test]
    fn a_store_of_another_version_is_begun_anew() {
        let directory = tempfile::tempdir().unwrap();
        {
            let other = Connection::open(directory.path().join(FILE)).unwrap();
            other.execute("CREATE TABLE fits (other TEXT)", []).unwrap();
        }
        let store = Store::open(directory.path()).unwrap();
        let key = Key::new(&json!(1));
        store.keep(&key, "here", "run", &fitted()).unwrap();
        assert!(store.find::<Fitted>(&key).unwrap().is_some());
    }

    #[test]
    fn a_file_that_is_no_store_is_named() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(
            directory.path().join(FILE),
            "not a database, but long enough",
        )
        .unwrap();
        let error = Store::open(directory.path()).err().unwrap().to_string();
        assert!(
            error.contains(FILE) && error.contains("delete it"),
            "{error}"
        );
    }
}
