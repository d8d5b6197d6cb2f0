//! What may be tried: a domain for each parameter.

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A value for each parameter, by name.
pub type Values = Map<String, Value>;

/// What one parameter may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Domain {
    /// One of these.
    Choice(Vec<Value>),
    /// A number in [low, high].
    Real {
        /// Smallest.
        low: f64,
        /// Largest.
        high: f64,
        /// Whether its logarithm is what is uniform.
        log: bool,
    },
    /// A whole number in [low, high].
    Whole {
        /// Smallest.
        low: i64,
        /// Largest.
        high: i64,
        /// Whether its logarithm is what is uniform.
        log: bool,
    },
}

impl Domain {
    /// The value at `position` in [0, 1] of a number's range; of a choice, the item there.
    pub(crate) fn at(&self, position: f64) -> Value {
        let between = |low: f64, high: f64, log: bool| {
            if log {
                (low.ln() + position * (high.ln() - low.ln())).exp()
            } else {
                low + position * (high - low)
            }
        };
        match self {
            Self::Choice(items) => {
                let item = (position * items.len() as f64) as usize;
                items[item.min(items.len() - 1)].clone()
            }
            Self::Real { low, high, log } => {
                let value = four_digits(between(*low, *high, *log));
                value.clamp(*low, *high).into()
            }
            Self::Whole { low, high, log } => {
                // Half a step beyond both ends, so that each number is as probable.
                let real = between(*low as f64 - 0.5, *high as f64 + 0.5, *log);
                (real.round() as i64).clamp(*low, *high).into()
            }
        }
    }

    /// Both ends of a range, all items of a choice: if a model accepts these it accepts the others, as far
    /// as it bounds each parameter by itself.
    pub fn extremes(&self) -> Vec<Value> {
        match self {
            Self::Choice(items) => items.clone(),
            Self::Real { low, high, .. } => vec![(*low).into(), (*high).into()],
            Self::Whole { low, high, .. } => vec![(*low).into(), (*high).into()],
        }
    }

    /// The position in [0, 1] of a value, the middle of its share where it is one of several.
    pub(crate) fn position(&self, value: &Value) -> f64 {
        let of = |x: f64, low: f64, high: f64, log: bool| {
            let position = if log {
                (x.ln() - low.ln()) / (high.ln() - low.ln())
            } else {
                (x - low) / (high - low)
            };
            if position.is_nan() {
                0.5
            } else {
                position.clamp(0.0, 1.0)
            }
        };
        let number = value.as_f64().unwrap_or(f64::NAN);
        match self {
            Self::Choice(items) => {
                let item = items.iter().position(|item| item == value).unwrap_or(0);
                (item as f64 + 0.5) / items.len() as f64
            }
            Self::Real { low, high, log } => of(number, *low, *high, *log),
            Self::Whole { low, high, log } => {
                of(number, *low as f64 - 0.5, *high as f64 + 0.5, *log)
            }
        }
    }

    /// Values at even distances, ends included: all of a choice, at most `points` of a range.
    fn grid(&self, points: usize) -> Vec<Value> {
        if let Self::Choice(items) = self {
            return items.clone();
        }
        let last = points.saturating_sub(1).max(1) as f64;
        let mut values: Vec<Value> = match points {
            1 => vec![self.at(0.5)],
            _ => (0..points).map(|i| self.at(i as f64 / last)).collect(),
        };
        values.dedup();
        values
    }
}

/// A number rounded to four significant digits: no search needs more, and people read it.
fn four_digits(value: f64) -> f64 {
    format!("{value:.3e}").parse().expect("a number stays one")
}

/// The parameters that are searched, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(String, Domain)>")]
pub struct Space(Vec<(String, Domain)>);

impl TryFrom<Vec<(String, Domain)>> for Space {
    type Error = String;

    fn try_from(domains: Vec<(String, Domain)>) -> Result<Self, String> {
        Self::new(domains).map_err(|(name, expected)| format!("{name}: expected {expected}"))
    }
}

impl Space {
    /// A space of these parameters. Domains that hold nothing are refused, in words.
    ///
    /// # Errors
    /// The parameter's name, and what is wrong with its domain.
    pub fn new(domains: Vec<(String, Domain)>) -> Result<Self, (String, &'static str)> {
        const DESCENDING: &str = "a range whose `from` is not above its `to`";
        for (name, domain) in &domains {
            let wrong = match domain {
                Domain::Choice(items) if items.is_empty() => Some("a list of at least one value"),
                Domain::Real { low, high, .. } if low > high => Some(DESCENDING),
                Domain::Whole { low, high, .. } if low > high => Some(DESCENDING),
                Domain::Real { low, high, .. } if !(high - low).is_finite() => {
                    Some("a range whose `to` less its `from` is a finite number")
                }
                Domain::Real { low, log: true, .. } if *low <= 0.0 => {
                    Some("a range above 0 for the scale \"log\"")
                }
                Domain::Whole { low, log: true, .. } if *low <= 0 => {
                    Some("a range above 0 for the scale \"log\"")
                }
                _ => None,
            };
            if let Some(expected) = wrong {
                return Err((name.clone(), expected));
            }
        }
        Ok(Self(domains))
    }

    /// The parameters with their domains.
    pub fn domains(&self) -> &[(String, Domain)] {
        &self.0
    }

    /// Whether there is nothing to search.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Values drawn uniformly, each parameter on its own scale.
    pub fn sample(&self, random: &mut impl Rng) -> Values {
        let draw = |(name, domain): &(String, Domain)| {
            (name.clone(), domain.at(random.random_range(0.0..1.0)))
        };
        self.0.iter().map(draw).collect()
    }

    /// How many combinations [`grid`](Self::grid) has, without making them; `usize::MAX` if there are
    /// more.
    pub fn grid_size(&self, points: usize) -> usize {
        let sizes = self.0.iter().map(|(_, domain)| domain.grid(points).len());
        sizes.fold(1, usize::saturating_mul)
    }

    /// Every combination of at most `points` values of each range and of all choices; the last
    /// parameter changes fastest.
    pub fn grid(&self, points: usize) -> Vec<Values> {
        let mut all = vec![Values::new()];
        for (name, domain) in &self.0 {
            let values = domain.grid(points);
            all = all
                .iter()
                .flat_map(|partial| {
                    values.iter().map(|value| {
                        let mut longer = partial.clone();
                        longer.insert(name.clone(), value.clone());
                        longer
                    })
                })
                .collect();
        }
        all
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use serde_json::json;

    pub(crate) fn space() -> Space {
        Space::new(vec![
            (
                "rate".to_owned(),
                Domain::Real {
                    low: 1e-3,
                    high: 10.0,
                    log: true,
                },
            ),
            (
                "epochs".to_owned(),
                Domain::Whole {
                    low: 1,
                    high: 4,
                    log: false,
                },
            ),
            (
                "hidden".to_owned(),
                Domain::Choice(vec![json!([64]), json!([128]), json!([])]),
            ),
        ])
        .unwrap()
    }

    #[test]
    fn whole_numbers_and_choices_are_equally_probable() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut counts = [0; 5];
        let mut empty = 0;
        for _ in 0..8_000 {
            let values = space().sample(&mut random);
            counts[values["epochs"].as_i64().unwrap() as usize] += 1;
            empty += usize::from(values["hidden"] == json!([]));
            let rate = values["rate"].as_f64().unwrap();
            assert!((1e-3..=10.0).contains(&rate));
        }
        for count in &counts[1..] {
            assert!((1_800..2_200).contains(count), "{counts:?}");
        }
        assert!((2_500..2_850).contains(&empty), "{empty}");
    }

    #[test]
    fn the_grid_holds_every_combination_once() {
        let grid = space().grid(3);
        assert_eq!(grid.len(), 3 * 3 * 3);
        assert_eq!(
            grid[0],
            json!({"rate": 1e-3, "epochs": 1, "hidden": [64]})
                .as_object()
                .unwrap()
                .clone()
        );
        let middle = grid[13]["rate"].as_f64().unwrap();
        assert!(
            (middle - 0.1).abs() < 1e-12,
            "the middle of the logarithms: {middle}"
        );
        for (i, values) in grid.iter().enumerate() {
            assert!(!grid[..i].contains(values));
        }
        assert_eq!(Space::default().grid(5), [Values::new()]);
    }

    #[test]
    fn the_size_of_a_grid_is_known_without_it() {
        let whole = |low, high| Domain::Whole {
            low,
            high,
            log: false,
        };
        let ranges = |count: usize| {
            let domains = (0..count).map(|i| (i.to_string(), whole(1, 9)));
            Space::new(domains.collect()).unwrap()
        };
        // Four digits and whole numbers leave less than `points` of a narrow range.
        let narrow = Domain::Real {
            low: 1.0,
            high: 1.002,
            log: false,
        };
        let narrow = [narrow, whole(3, 3), whole(0, 1)].map(|domain| ("x".to_owned(), domain));
        let narrow = narrow.map(|domain| Space::new(vec![domain]).unwrap());
        for space in [space(), Space::default(), ranges(3)].iter().chain(&narrow) {
            for points in 0..7 {
                assert_eq!(space.grid_size(points), space.grid(points).len());
            }
        }
        assert_eq!(ranges(30).grid_size(2), 1 << 30);
        assert_eq!(ranges(70).grid_size(2), usize::MAX);
    }

    #[test]
    fn extremes_are_the_ends_and_all_choices() {
        let space = space();
        let extremes = |i: usize| Value::from(space.domains()[i].1.extremes());
        assert_eq!(extremes(0), json!([1e-3, 10.0]));
        assert_eq!(extremes(1), json!([1, 4]));
        assert_eq!(extremes(2), json!([[64], [128], []]));
    }

    #[test]
    fn empty_domains_are_refused_by_name() {
        let refused = |domain| Space::new(vec![("x".to_owned(), domain)]).unwrap_err().1;
        assert!(refused(Domain::Choice(vec![])).contains("list"));
        let real = |low, high| Domain::Real {
            low,
            high,
            log: false,
        };
        assert!(refused(real(2.0, 1.0)).contains("not above"));
        assert!(refused(real(-1e308, 1e308)).contains("finite"));
        assert!(refused(real(f64::NAN, 1.0)).contains("finite"));
        let (low, high) = (0, 5);
        assert!(
            refused(Domain::Whole {
                low,
                high,
                log: true
            })
            .contains("log")
        );
    }

    proptest! {
        #[test]
        fn positions_and_values_are_inverse(position in 0.0..1.0_f64) {
            for (_, domain) in space().domains() {
                let value = domain.at(position);
                prop_assert_eq!(domain.at(domain.position(&value)), value);
            }
        }
    }
}
