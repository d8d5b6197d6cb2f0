//! Twenty passes of gradient descent, and what becomes of accuracy and loss.

use catalog::Splits;
use classifier::{
    Cancellation, Cancelled, Classifier, Epoch, FitContext, FitError, Observer, Step,
};
use data::Dataset;
use model_softmax::{Softmax, cross_entropy, logits};

/// The network after a pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pass {
    pub(crate) number: usize,
    pub(crate) training_loss: f64,
    /// Shares of the training and of the test images.
    pub(crate) right: [f64; 2],
}

/// What is known at the end.
pub(crate) struct Trained {
    pub(crate) right: [f64; 2],
    /// Mean cross-entropy of the test images.
    pub(crate) test_loss: f64,
    pub(crate) updates: usize,
}

/// Trains the model of the lab, and tells of every pass.
pub(crate) fn train(
    data: &Splits,
    threads: usize,
    cancellation: &Cancellation,
    told: &mut (dyn FnMut(Pass) + Send),
) -> Result<Trained, Cancelled> {
    let recipe = Softmax::default();
    let mut listener = Listener { data, told };
    let mut context = FitContext::new(1, threads, cancellation.clone(), &mut listener);
    let model = match recipe.train(&data.train, &mut context) {
        Ok(model) => model,
        Err(FitError::Cancelled(cancelled)) => return Err(cancelled),
        Err(error) => unreachable!("the lab's own data can be learnt: {error}"),
    };
    let test = data.test.look();
    let z = logits(&test.samples().to_f32(), &model.weights);
    Ok(Trained {
        right: right(&model, data),
        test_loss: f64::from(cross_entropy(&z, test.labels())),
        updates: recipe.epochs * data.train.len().div_ceil(recipe.batch_size),
    })
}

fn right(model: &dyn Classifier, data: &Splits) -> [f64; 2] {
    let share = |of: &Dataset| {
        let labels = model.scores(of.samples()).labels();
        let right = labels.iter().zip(of.labels()).filter(|(a, b)| a == b);
        right.count() as f64 / of.len() as f64
    };
    [share(&data.train), share(data.test.look())]
}

struct Listener<'a> {
    data: &'a Splits,
    told: &'a mut (dyn FnMut(Pass) + Send),
}

impl Observer for Listener<'_> {
    fn epoch(&mut self, epoch: Epoch, model: &dyn Classifier) {
        (self.told)(Pass {
            number: epoch.number,
            training_loss: epoch.training_loss,
            right: right(model, self.data),
        });
    }

    fn step(&mut self, _: Step) {}
}
