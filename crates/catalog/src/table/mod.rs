//! From the words of a file to typed columns, whatever the format of the file.

mod builder;
mod dates;
mod dictionary;
mod raw;
mod roles;
mod words;

pub(crate) use builder::{Builder, Built, Plan, Refusal, shortened};
pub use raw::class_order;
pub(crate) use raw::{
    Coded, Interned, LATIN, RawTable, decoded, finish, missing_note, rounded_note,
};
pub(crate) use roles::{
    Named, Role, Schema, has_options, is_label_name, listed, other_labels, roles,
};
pub(crate) use words::{Dialect, Word, truth};
