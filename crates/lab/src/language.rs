//! The two languages of the lab.

/// The language in which the lab asks and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// French: the exercise was given in it.
    French,
}

impl Language {
    /// The text in this language.
    pub fn of<T>(self, english: T, french: T) -> T {
        match self {
            Self::English => english,
            Self::French => french,
        }
    }

    /// A number with so many digits behind the point, or the comma.
    pub(crate) fn number(self, value: f64, digits: usize) -> String {
        let text = format!("{value:.digits$}");
        self.of(text.clone(), text.replace('.', ","))
    }
}
