//! Kept models that answer the same questions.

use catalog::{Manner, shown};
use data::PictureShape;
use kept::Kept;
use tables::Kind;

/// Kept models that answer the same questions.
pub struct Models {
    pub(crate) all: Vec<Model>,
    pub(crate) input: Input,
}

/// A model, and what it is called here.
pub(crate) struct Model {
    pub(crate) name: String,
    pub(crate) kept: Kept,
}

/// What models are asked about.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// A picture of 8-bit pixels, in grey or in colour.
    Picture { shape: PictureShape, manner: Manner },
    /// A row of a table: its columns.
    Row(Vec<(String, Kind)>),
    /// A row of numbers: their names.
    Features(Vec<String>),
}

/// Why models cannot be served. Each prints as one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unservable {
    /// There are none.
    #[error("no model; name the file of at least one")]
    None,
    /// Two have the same name.
    #[error("two models are called {0}; give the files different names")]
    Name(String),
    /// Models of different inputs cannot be asked the same question.
    #[error("{first} takes {takes}, and {other} takes {differs}; serve them apart")]
    Inputs {
        /// The first model.
        first: String,
        /// What it takes.
        takes: String,
        /// Another one.
        other: String,
        /// What that one takes.
        differs: String,
    },
    /// Models of different classes cannot be compared.
    #[error("{first} and {other} know different classes; serve them apart")]
    Classes {
        /// The first model.
        first: String,
        /// Another one.
        other: String,
    },
    /// Samples that no request can hold yet.
    #[error(
        "{model} takes {takes}, and only pictures of 8-bit pixels, tables and rows of numbers can be served"
    )]
    Input {
        /// The model.
        model: String,
        /// What it takes.
        takes: &'static str,
    },
    /// The address cannot be had.
    #[error("{address}: {reason}")]
    Address {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system said.
        reason: std::io::Error,
    },
}

impl Models {
    /// Models by name. All must have been fitted to samples of one form, with the same classes.
    ///
    /// # Errors
    /// [`Unservable`] with the first thing that keeps them apart.
    pub fn new(models: Vec<(String, Kept)>) -> Result<Self, Unservable> {
        let mut inputs = Vec::with_capacity(models.len());
        for (name, kept) in &models {
            inputs.push(Input::of(name, kept)?);
        }
        let mut named = models.iter().zip(&inputs);
        let Some(((first, kept), input)) = named.next() else {
            return Err(Unservable::None);
        };
        for (i, ((other, others), of_other)) in named.enumerate() {
            if models[..=i].iter().any(|(name, _)| name == other) {
                return Err(Unservable::Name(other.clone()));
            }
            if input != of_other {
                return Err(Unservable::Inputs {
                    first: first.clone(),
                    takes: input.in_words(),
                    other: other.clone(),
                    differs: of_other.in_words(),
                });
            }
            if kept.about.classes != others.about.classes {
                return Err(Unservable::Classes {
                    first: first.clone(),
                    other: other.clone(),
                });
            }
        }
        let input = inputs.swap_remove(0);
        let all = models.into_iter();
        let all = all.map(|(name, kept)| Model { name, kept }).collect();
        Ok(Self { all, input })
    }

    /// The names of all, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|model| model.name.as_str())
    }

    /// The classes that they tell apart.
    pub(crate) fn classes(&self) -> &[String] {
        &self.all[0].kept.about.classes
    }
}

impl Input {
    /// How many values a picture has.
    pub(crate) fn values(shape: PictureShape, manner: Manner) -> usize {
        match manner {
            Manner::Colour => 3 * shape.features(),
            Manner::Scaled | Manner::Digit => shape.features(),
        }
    }

    fn of(model: &str, kept: &Kept) -> Result<Self, Unservable> {
        let about = &kept.about;
        let refused = |takes| {
            Err(Unservable::Input {
                model: model.to_owned(),
                takes,
            })
        };
        match (about.pictures(), about.pixels, &about.preparation) {
            (Some((shape, values)), true, _) => Ok(Self::Picture {
                shape,
                manner: Manner::of_pictures(&about.data.name, values),
            }),
            (None, true, _) => refused("pictures whose size its file does not say"),
            (Some(_), false, _) => refused("pictures of real numbers"),
            (None, false, Some(preparation)) => Ok(Self::Row(preparation.kinds())),
            (None, false, None) => Ok(Self::Features(kept.parts().unwrap_or_default())),
        }
    }

    fn in_words(&self) -> String {
        let listed = |names: Vec<&String>| {
            let first = names.iter().take(3).map(|name| shown(name));
            first.collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Picture { shape, manner } => {
                let made = match manner {
                    Manner::Digit => "put as MNIST's",
                    Manner::Scaled => "scaled",
                    Manner::Colour => "in colour",
                };
                format!("pictures of {shape}, {made}")
            }
            Self::Row(columns) => {
                let names = columns.iter().map(|(name, _)| name).collect();
                format!("{} columns ({}, …)", columns.len(), listed(names))
            }
            Self::Features(names) => {
                let shown = listed(names.iter().collect());
                format!("{} numbers ({shown}, …)", names.len())
            }
        }
    }
}
