//! Small tables, inside the binary: `data/tables/NOTICE` says whose they are.

use crate::delimited;
use crate::load::{of_table, with_sums};
use crate::source::Source;
use crate::{LoadError, Loaded, Options};

/// A table known by name.
#[derive(Debug)]
pub struct TableEntry {
    /// Short name, used in paths and tables.
    pub id: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Who gives it, and the licence it is given under.
    pub licence: &'static str,
    /// The column of the classes.
    pub label: &'static str,
    /// The column of the groups, where rows come in groups.
    pub group: Option<&'static str>,
    /// Number of rows.
    pub rows: usize,
    bytes: &'static [u8],
}

const LICENCE: &str = "UCI Machine Learning Repository, CC BY 4.0";

/// Every table known by name.
pub const TABLES: &[TableEntry] = &[
    TableEntry {
        id: "glass",
        title: "Glass Identification",
        licence: LICENCE,
        label: "Type",
        group: None,
        rows: 214,
        bytes: include_bytes!("../data/tables/Glass.csv"),
    },
    TableEntry {
        id: "house-votes",
        title: "Congressional Voting Records",
        licence: LICENCE,
        label: "Class",
        group: None,
        rows: 435,
        bytes: include_bytes!("../data/tables/HouseVotes84.csv"),
    },
    TableEntry {
        id: "sonar",
        title: "Sonar, Mines vs. Rocks",
        licence: LICENCE,
        label: "Class",
        group: None,
        rows: 208,
        bytes: include_bytes!("../data/tables/Sonar.csv"),
    },
    TableEntry {
        id: "vowel",
        title: "Vowel Recognition",
        licence: LICENCE,
        label: "Class",
        group: Some("V1"),
        rows: 990,
        bytes: include_bytes!("../data/tables/Vowel.csv"),
    },
    TableEntry {
        id: "zoo",
        title: "Zoo",
        licence: LICENCE,
        label: "type",
        group: None,
        rows: 101,
        bytes: include_bytes!("../data/tables/Zoo.csv"),
    },
];

impl TableEntry {
    /// The entry with this name.
    pub fn find(id: &str) -> Option<&'static Self> {
        TABLES.iter().find(|entry| entry.id == id)
    }

    /// The table, divided as [`load`](crate::load) divides a file; label and group are the entry's
    /// unless the options name others.
    ///
    /// # Errors
    /// As [`load`](crate::load).
    pub fn load(&self, options: &Options) -> Result<Loaded, LoadError> {
        let label = options
            .label
            .clone()
            .unwrap_or_else(|| self.label.to_owned());
        let group = options.group.clone();
        let options = Options {
            label: Some(label),
            group: group.or_else(|| self.group.map(str::to_owned)),
            ..options.clone()
        };
        let source = Source::memory(self.id, self.bytes, u64::MAX);
        let read = delimited::read(&source, &options, None)?;
        let (content, notes) = of_table(self.id, read, None, &options)?;
        let origin = "shipped with Plumbline".to_owned();
        let loaded = with_sums(self.id.to_owned(), origin, content, notes);
        Ok(Loaded {
            title: self.title.to_owned(),
            ..loaded
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Content;
    use tables::Settings;

    #[test]
    fn every_table_is_whole_and_can_be_learnt_from() {
        for entry in TABLES {
            let loaded = entry.load(&Options::default()).unwrap();
            let Content::Table { train, test } = &loaded.content else {
                panic!("{} is a table", entry.id);
            };
            assert_eq!(train.len() + test.len(), entry.rows, "{}", entry.id);
            assert_eq!(train.targets().groups().is_some(), entry.group.is_some());
            let (splits, _) = loaded.prepared(&Settings::default()).unwrap();
            splits.check().unwrap();
        }
    }

    #[test]
    fn a_speaker_is_on_one_side() {
        let loaded = TableEntry::find("vowel")
            .unwrap()
            .load(&Options::default())
            .unwrap();
        let Content::Table { train, test } = &loaded.content else {
            panic!("vowel is a table");
        };
        let groups = |table: &tables::Table| table.targets().groups().unwrap().to_vec();
        let [train, test] = [groups(train), groups(test.handed_over())];
        assert_eq!((train.len(), test.len()), (792, 198));
        assert!(test.iter().all(|speaker| !train.contains(speaker)));
    }
}
