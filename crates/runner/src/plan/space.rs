//! What `tune` searches: read from a plan's text, and checked against the model before anything is fitted.

use crate::failure::{Failure, Place};
use crate::learner::Method;
use search::{Domain, Space};
use serde_json::{Map, Value};

/// The parameters that are searched, each with its place in the plan.
#[derive(Debug, Default)]
pub(super) struct Searched(pub(super) Vec<(String, Domain, Place)>);

impl Searched {
    /// The space to search around a recipe. Both ends of every range and all choices must be good values
    /// for the model.
    pub(super) fn space(&self, id: &str, method: &Method) -> Result<Space, Failure> {
        let Self(domains) = self;
        let domains: Vec<(String, Domain, Place)> = domains
            .iter()
            .map(|(name, domain, place)| {
                let domain = of_type(domain.clone(), method.is_real(name));
                (name.clone(), domain, place.clone())
            })
            .collect();
        for (name, domain, place) in &domains {
            for value in domain.extremes() {
                let values: Map<String, Value> = [(name.clone(), value)].into_iter().collect();
                let accepted = method.with(&values).map(|_| ());
                accepted.map_err(|error| Failure::Parameter {
                    place: place.clone(),
                    model: id.to_owned(),
                    error,
                })?;
            }
        }
        let named = domains.iter();
        let named = named.map(|(name, domain, _)| (name.clone(), domain.clone()));
        Space::new(named.collect()).map_err(|(name, expected)| {
            let at = domains.iter().find(|domain| domain.0 == name);
            let (_, _, place) = at.expect("it names one of them");
            Failure::Syntax {
                place: place.clone(),
                reason: format!("{id}: search.{name}: expected {expected}"),
            }
        })
    }
}

/// A range with whole ends is of real numbers where the parameter is one.
fn of_type(domain: Domain, is_real: bool) -> Domain {
    match domain {
        Domain::Whole { low, high, log } if is_real => Domain::Real {
            low: low as f64,
            high: high as f64,
            log,
        },
        other => other,
    }
}
