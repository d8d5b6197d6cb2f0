//! Searches keep to their budgets, and do not depend on how many trials run at a time.

use super::*;
use crate::Domain;

fn space() -> Space {
    let (low, high) = (0.0, 1.0);
    let log = false;
    Space::new(vec![("x".to_owned(), Domain::Real { low, high, log })]).unwrap()
}

fn distance(values: &Values) -> f64 {
    (values["x"].as_f64().unwrap() - 0.3).abs()
}

/// Runs a search to its end with loss |x − 0.3|; `running` trials have not ended when the next is asked for.
fn run(kind: Method, trials: usize, running: usize) -> Vec<Proposal> {
    let budget = Budget {
        trials,
        endless: false,
    };
    let mut searcher = Searcher::new(kind, space(), budget, LEAST_SHARE, 1);
    let (mut proposals, mut ended): (Vec<Proposal>, Vec<Trial>) = Default::default();
    loop {
        match searcher.next(&ended[..ended.len().saturating_sub(running)]) {
            Next::Trial(proposal) => {
                ended.push(Trial {
                    values: proposal.values.clone(),
                    loss: distance(&proposal.values),
                });
                proposals.push(proposal);
            }
            Next::Wait => match searcher.next(&ended) {
                Next::Wait => panic!("nothing to wait for"),
                Next::Trial(proposal) => {
                    ended.push(Trial {
                        values: proposal.values.clone(),
                        loss: distance(&proposal.values),
                    });
                    proposals.push(proposal);
                }
                Next::End => return proposals,
            },
            Next::End => return proposals,
        }
    }
}

fn cost(proposals: &[Proposal]) -> f64 {
    proposals.iter().map(|proposal| proposal.share).sum()
}

#[test]
fn every_search_keeps_to_its_budget() {
    for kind in [Method::Random, Method::Tpe, Method::Grid] {
        assert_eq!(run(kind, 10, 0).len(), 10, "{kind:?}");
    }
    for kind in [Method::Halving, Method::Asha] {
        let cost = cost(&run(kind, 8, 0));
        assert!((4.0..=8.0 + 1e-9).contains(&cost), "{kind:?}: {cost}");
    }
}

#[test]
fn what_is_tried_does_not_depend_on_what_happens_to_run() {
    for kind in [
        Method::Random,
        Method::Grid,
        Method::Tpe,
        Method::Halving,
        Method::Asha,
    ] {
        let alone = run(kind, 30, 0);
        for running in [1, 3, 100] {
            assert_eq!(alone, run(kind, 30, running), "{kind:?}, {running}");
        }
    }
}

#[test]
fn halving_and_asha_go_on_with_the_best() {
    for kind in [Method::Halving, Method::Asha] {
        let proposals = run(kind, 12, 0);
        let with = |share: f64| -> Vec<f64> {
            let of_rung = proposals.iter().filter(|p| p.share == share);
            of_rung.map(|p| distance(&p.values)).collect()
        };
        let least = proposals.iter().map(|p| p.share).fold(1.0, f64::min);
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
        let (first, last) = (with(least), with(1.0));
        assert!(first.len() > 3 * last.len() && !last.is_empty());
        assert!(mean(&last) < mean(&first) / 2.0, "{kind:?}: {last:?}");
    }
}

#[test]
fn as_many_trials_as_its_window_run_at_a_time() {
    let at_once = |kind, trials, endless| {
        let budget = Budget { trials, endless };
        let mut searcher = Searcher::new(kind, space(), budget, LEAST_SHARE, 1);
        (0..200)
            .take_while(|_| matches!(searcher.next(&[]), Next::Trial(_)))
            .count()
    };
    assert_eq!(at_once(Method::Random, 30, false), 30);
    assert_eq!(at_once(Method::Random, 30, true), 200);
    assert_eq!(at_once(Method::Tpe, 20, false), 4);
    assert_eq!(at_once(Method::Tpe, 100, false), 20);
    assert_eq!(at_once(Method::Asha, 30, false), 16);
}

#[test]
fn the_number_of_trials_is_known_where_it_can_be() {
    let planned = |kind, endless| {
        let trials = 9;
        let budget = Budget { trials, endless };
        Searcher::new(kind, space(), budget, 1.0 / 9.0, 1).planned()
    };
    assert_eq!(planned(Method::Random, false), Some(9));
    assert_eq!(planned(Method::Tpe, true), None);
    assert_eq!(planned(Method::Grid, false), Some(9));
    assert_eq!(planned(Method::Halving, false), Some(27 + 9 + 3));
    assert_eq!(planned(Method::Asha, false), None);
}

#[test]
fn a_space_without_parameters_is_one_trial() {
    for kind in [Method::Random, Method::Halving, Method::Asha] {
        let budget = Budget {
            trials: 10,
            endless: true,
        };
        let mut searcher = Searcher::new(kind, Space::default(), budget, LEAST_SHARE, 1);
        let Next::Trial(only) = searcher.next(&[]) else {
            panic!("{kind:?} tries nothing");
        };
        assert_eq!(only.share, 1.0);
        let (values, loss) = (only.values, 0.0);
        assert_eq!(searcher.next(&[Trial { values, loss }]), Next::End);
    }
}

#[test]
fn a_grid_is_the_finest_that_the_budget_allows() {
    let (low, high, log) = (1, 4, true);
    let range = Domain::Whole { low, high, log };
    let space = Space::new(vec![("n".to_owned(), range)]).unwrap();
    // Three and four points on a logarithmic scale are 1, 2 and 4; five are all there are.
    for (budget, size) in [(1, 1), (2, 2), (3, 3), (4, 4), (100, 4)] {
        assert_eq!(largest_grid(&space, budget).len(), size, "{budget}");
    }
    let many = (0..30).map(|i| {
        (
            i.to_string(),
            Domain::Real {
                low: 0.0,
                high: 1.0,
                log: false,
            },
        )
    });
    let space = Space::new(many.collect()).unwrap();
    assert_eq!(largest_grid(&space, 20).len(), 1);
}
