//! [linfa](https://docs.rs/linfa)'s traits: `settings.fit(&dataset)` and `machine.predict(&x)`.

use crate::{Error, Features, Settings, SupportVectorMachine, fit};
use linfa::DatasetBase;
use linfa::dataset::AsSingleTargets;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, ArrayBase, Data, Ix2};

impl From<linfa::Error> for Error {
    fn from(error: linfa::Error) -> Self {
        Self::Linfa {
            reason: error.to_string(),
        }
    }
}

impl<D, T> Fit<ArrayBase<D, Ix2>, T, Error> for Settings
where
    D: Data<Elem = f32>,
    T: AsSingleTargets<Elem = usize>,
{
    type Object = SupportVectorMachine;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object, Error> {
        let x = dataset.records.as_standard_layout();
        let labels = dataset.targets.as_single_targets().to_vec();
        let values = x.as_slice().expect("the standard layout is one slice");
        fit(Features::Reals(values), x.ncols(), &labels, self)
    }
}

impl<D: Data<Elem = f32>> PredictInplace<ArrayBase<D, Ix2>, Array1<usize>>
    for SupportVectorMachine
{
    fn predict_inplace<'a>(&'a self, x: &'a ArrayBase<D, Ix2>, y: &mut Array1<usize>) {
        let x = x.as_standard_layout();
        let values = x.as_slice().expect("the standard layout is one slice");
        y.assign(&Array1::from(self.classify(Features::Reals(values))));
    }

    fn default_target(&self, x: &ArrayBase<D, Ix2>) -> Array1<usize> {
        Array1::zeros(x.nrows())
    }
}

#[cfg(test)]
mod tests {
    use crate::Settings;
    use linfa::Dataset;
    use linfa::traits::{Fit, Predict};
    use ndarray::{Array1, array};

    #[test]
    fn linfa_fits_and_predicts() {
        // Transposed, so that rows are not contiguous.
        let x = array![
            [0.0_f32, 0.1, 5.0, 5.2, 9.0, 9.1],
            [1.0, 1.1, 4.0, 4.1, 0.0, 0.2]
        ];
        let dataset = Dataset::new(x.reversed_axes(), array![3_usize, 3, 1, 1, 7, 7]);
        let machine = Settings::default().fit(&dataset).unwrap();
        let predicted: Array1<usize> = machine.predict(&array![[0.2_f32, 1.0], [8.8, 0.1]]);
        assert_eq!(predicted, array![3, 7]);
    }
}
