//! Which colour and which marker a model has: by its name, so that they are the same in every figure and page.

use super::palette::Look;
use analysis::Report;

/// The registered models, each with the look of its place here. The first nine are those of the default
/// plan: each has a colour of its own. A new model comes last, so that no other changes its look; a test in
/// `experiments` tells which is missing.
const REGISTERED: &[&str] = &[
    "softmax",
    "nearest-centroid",
    "burn-ndarray",
    "linfa-logistic",
    "kernel-svm",
    "burn-mlp",
    "softmax-lbfgs",
    "burn-flex",
    "linfa-svm-rbf",
    "boosted-trees",
    "random-forest",
    "gradient-svm",
    "neighbours",
    "burn-lenet",
    "discriminant",
    "naive-bayes",
    "virtual-svm",
    "stacking",
    "mean-ensemble",
    "linfa-svm-linear",
    "burn-lenet-wgpu",
    "majority",
];

/// Models whose look is the same in every page.
pub fn models_with_a_look() -> &'static [&'static str] {
    REGISTERED
}

/// The marker of a registered model, and the number of its colour among the 256 of a terminal.
pub fn marker_of(id: &str) -> Option<(char, u8)> {
    let place = REGISTERED.iter().position(|known| *known == id)?;
    let look = Look::new(place);
    Some((look.character(), look.colour_of_terminal()))
}

/// The looks of the models of a page.
pub(crate) struct Looks<'a>(Vec<(&'a str, Look)>);

impl<'a> Looks<'a> {
    /// Of all models that a page shows, in its order. A model that is not registered takes the next look
    /// that nobody has, in the colour that the page has least of, and of these the shape.
    pub(crate) fn new(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let ids: Vec<&str> = ids.into_iter().collect();
        let registered = |id: &&str| REGISTERED.iter().position(|known| known == id);
        let mut taken: Vec<Look> = ids.iter().filter_map(registered).map(Look::new).collect();
        let mut free: Vec<Look> = Vec::new();
        let look = |id: &'a str| {
            let look = registered(&id).map_or_else(|| next(&mut free, &mut taken), Look::new);
            (id, look)
        };
        Self(ids.iter().copied().map(look).collect())
    }

    pub(crate) fn of_report(report: &'a Report) -> Self {
        Self::new(report.models.iter().map(|model| model.id.as_str()))
    }

    /// Of a model of the page.
    pub(crate) fn of(&self, id: &str) -> Look {
        self.of_model(id).unwrap_or(Look::new(REGISTERED.len()))
    }

    /// The same, if the page has such a model.
    pub(crate) fn of_model(&self, id: &str) -> Option<Look> {
        let found = self.0.iter().find(|(model, _)| *model == id);
        found.map(|(_, look)| *look)
    }
}

/// Takes a look from those that are free, all of which are free again when none is left.
fn next(free: &mut Vec<Look>, taken: &mut Vec<Look>) -> Look {
    if free.is_empty() {
        *free = (REGISTERED.len()..Look::COUNT).map(Look::new).collect();
    }
    let times = |look: &Look| {
        let of_colour = taken.iter().filter(|other| other.has_colour_of(*look));
        let of_shape = taken.iter().filter(|other| other.shape() == look.shape());
        (of_colour.count(), of_shape.count())
    };
    let least = (0..free.len())
        .min_by_key(|&i| times(&free[i]))
        .unwrap_or(0);
    let look = free.remove(least);
    taken.push(look);
    look
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_registered_model_looks_the_same_whoever_is_beside_it() {
        let [a, b] = [
            &["softmax", "mine"][..],
            &["theirs", "kernel-svm", "softmax"],
        ]
        .map(|page| Looks::new(page.iter().copied()).of("softmax"));
        assert!(a == b);
    }

    #[test]
    fn the_first_nine_have_nine_colours_and_all_models_look_different() {
        let looks: Vec<Look> = (0..REGISTERED.len()).map(Look::new).collect();
        for (i, look) in looks.iter().enumerate() {
            assert!(!looks[..i].contains(look));
            assert!(i >= 9 || looks[..i].iter().all(|other| !other.has_colour_of(*look)));
        }
    }

    #[test]
    fn other_models_take_what_is_free_in_colours_of_their_own() {
        let page = ["mine", "softmax", "theirs", "kernel-svm"];
        let looks = Looks::new(page);
        let shapes: HashSet<String> = page
            .iter()
            .map(|id| looks.of(id).character().into())
            .collect();
        assert_eq!(shapes.len(), page.len(), "without colours they differ, too");
        for (i, id) in page.iter().enumerate() {
            for other in &page[..i] {
                assert!(
                    !looks.of(id).has_colour_of(looks.of(other)),
                    "{id}, {other}"
                );
            }
        }
        let names: Vec<String> = (0..200).map(|i| format!("model-{i}")).collect();
        let looks = Looks::new(names.iter().map(String::as_str));
        let different: HashSet<Look> = names[..60].iter().map(|id| looks.of(id)).collect();
        assert_eq!(different.len(), 60);
    }
}
