//! The control of shuffled labels catches leaks that are planted in real models, and no honest one.

mod leaks;

use classifier::Preset;
use leaks::{Leak, Leaking};
use model_nearest_centroid::NEAREST_CENTROID;
use model_softmax::SOFTMAX_LBFGS;
use runner::{Comparison, ControlSamples, Options, shuffled_control};

fn control_samples(data: impl Into<catalog::Loaded>) -> ControlSamples {
    let comparison = Comparison::new(data, Vec::new(), Options::default()).unwrap();
    comparison.control_samples().unwrap()
}

#[test]
fn leaks_are_caught_in_pictures_and_in_tables() {
    let table = catalog::TableEntry::find("vowel").unwrap();
    let table = table.load(&Options::default().reading()).unwrap();
    let data = [
        control_samples(catalog::mnist().unwrap()),
        control_samples(table),
    ];
    for samples in &data {
        assert_eq!([samples.train.len(), samples.judged.len()], [200; 2]);
        for entry in [NEAREST_CENTROID, SOFTMAX_LBFGS] {
            let recipe: Box<dyn Preset> = (entry.preset)();
            let honest = shuffled_control(recipe.as_ref(), samples, 1)
                .unwrap()
                .unwrap();
            assert!(honest.found.passed, "{}: {honest:?}", entry.id);
            for leak in Leak::ALL {
                let leaking = Leaking {
                    recipe: recipe.as_ref(),
                    leak,
                    samples,
                };
                let caught = shuffled_control(&leaking, samples, 1).unwrap().unwrap();
                assert!(!caught.found.passed, "{}, {leak:?}: {caught:?}", entry.id);
            }
        }
    }
}
