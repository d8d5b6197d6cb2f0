//! The steps that are done by hand, from the first image to the test accuracy.

use crate::Language;
use crate::derivatives::{STEP, derivatives, relative_error};
use crate::training::train;
use catalog::Splits;
use classifier::{Cancellation, Cancelled};
use model_softmax::{Weights, cross_entropy, logits, softmax};

/// The images of the batch on which the gradient is checked, and of each update.
const BATCH: usize = 100;
/// Which derivatives are checked: each needs the loss twice.
const EVERY: usize = 37;

/// A question of the lab, and something of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A step begins: its number, from 1, the question, and what a student would write in NumPy.
    Question(usize, &'static str, &'static str),
    /// A line of the answer.
    Answer(String),
}

/// Steps 1 to 11: loads nothing and writes nothing, but tells each line as soon as it is known. With as many
/// threads as in any other run the answers are the same.
///
/// # Errors
/// [`Cancelled`].
pub fn by_hand(
    data: &Splits,
    language: Language,
    threads: usize,
    cancellation: &Cancellation,
    told: &mut (dyn FnMut(Step) + Send),
) -> Result<(), Cancelled> {
    let mut steps = Steps {
        data,
        language,
        number: 0,
        told,
    };
    steps.images();
    steps.sizes();
    steps.forward();
    steps.gradient();
    steps.training(threads, cancellation)
}

struct Steps<'a> {
    data: &'a Splits,
    language: Language,
    number: usize,
    told: &'a mut (dyn FnMut(Step) + Send),
}

impl Steps<'_> {
    fn ask(&mut self, english: &'static str, french: &'static str, numpy: &'static str) {
        self.number += 1;
        let question = self.language.of(english, french);
        (self.told)(Step::Question(self.number, question, numpy));
    }

    fn answer(&mut self, english: String, french: String) {
        (self.told)(Step::Answer(self.language.of(english, french)));
    }

    /// The first images of training, as numbers from 0 to 1.
    fn batch(&self) -> (Vec<f64>, &[usize]) {
        let pixels = self.data.train.samples().slice(0..BATCH);
        let x = pixels.to_f32().iter().map(|&x| f64::from(x)).collect();
        (x, &self.data.train.labels()[..BATCH])
    }

    fn images(&mut self) {
        self.ask(
            "Load the images",
            "Charger les images",
            "x = np.frombuffer(gzip.open(\"train-images-idx3-ubyte.gz\").read(), np.uint8, offset=16).reshape(-1, 28, 28)",
        );
        let counts = [self.data.train.len(), self.data.test.len()];
        let [train, test] = counts.map(grouped);
        let classes = self.data.train.classes();
        self.answer(
            format!("{train} training images, {test} test images, {classes} classes"),
            format!("{train} images d'apprentissage, {test} images de test, {classes} classes"),
        );
        self.ask(
            "Look at them",
            "Les regarder",
            "plt.imshow(x[0], cmap=\"gray\"); y[:20]",
        );
        let labels = &self.data.train.labels()[..20];
        let labels: Vec<String> = labels.iter().map(usize::to_string).collect();
        let labels = labels.join(" ");
        self.answer(
            format!("the first labels: {labels}"),
            format!("les premières étiquettes : {labels}"),
        );
    }

    fn sizes(&mut self) {
        let (features, classes) = (
            self.data.train.samples().features(),
            self.data.train.classes(),
        );
        self.ask(
            "What is the dimension of the input space?",
            "Quelle est la dimension de l'espace d'entrée ?",
            "x = x.reshape(len(x), -1) / 255; x.shape[1]",
        );
        let shape = self.data.train.samples().shown_shape();
        let sides = format!("{} × {}", shape.rows, shape.columns);
        self.answer(
            format!("{sides} pixels, so {features} numbers from 0 to 1"),
            format!("{sides} pixels, donc {features} nombres de 0 à 1"),
        );
        self.ask(
            "How many parameters, and why?",
            "Combien de paramètres, et pourquoi ?",
            "W, b = np.zeros((784, 10)), np.zeros(10); W.size + b.size",
        );
        let zeros = Weights::<f64>::zeros(features, classes);
        let all = grouped(zeros.w.len() + zeros.b.len());
        let sum = format!("{features} × {classes} + {classes} = {all}");
        self.answer(
            format!("a weight for each pixel and class and a bias for each class: {sum}"),
            format!("un poids par pixel et par classe, un biais par classe : {sum}"),
        );
        self.ask(
            "One-hot labels",
            "Les étiquettes one-hot",
            "Y = np.eye(10)[y]; Y[0]",
        );
        let label = self.data.train.labels()[0];
        let row: Vec<&str> = (0..classes)
            .map(|class| if class == label { "1" } else { "0" })
            .collect();
        let row = row.join(", ");
        self.answer(
            format!("the first label, {label}, becomes ({row})"),
            format!("la première étiquette, {label}, devient ({row})"),
        );
    }

    fn forward(&mut self) {
        self.ask(
            "The model",
            "Le modèle",
            "z = x @ W + b; e = np.exp(z - z.max(axis=1, keepdims=True)); p = e / e.sum(axis=1, keepdims=True)",
        );
        let (x, labels) = self.batch();
        let (features, classes) = (x.len() / BATCH, self.data.train.classes());
        let z = logits(&x, &Weights::zeros(features, classes));
        let loss = cross_entropy(&z, labels);
        let mut probabilities = z;
        softmax(&mut probabilities, classes);
        let first = self.language.number(probabilities[0], 1);
        self.answer(
            format!("from zero weights every class has probability {first}"),
            format!("avec des poids nuls, chaque classe a la probabilité {first}"),
        );
        self.ask(
            "Cross-entropy",
            "L'entropie croisée",
            "L = -np.log(p[np.arange(len(y)), y]).mean()",
        );
        let [loss, logarithm] =
            [loss, (classes as f64).ln()].map(|value| self.language.number(value, 6));
        self.answer(
            format!("of the first {BATCH} images, before training: {loss}; ln {classes} = {logarithm}"),
            format!(
                "des {BATCH} premières images, avant l'apprentissage : {loss} ; ln {classes} = {logarithm}"
            ),
        );
    }

    fn gradient(&mut self) {
        self.ask(
            "The gradient",
            "Le gradient",
            "dz = (p - Y) / len(y); dW, db = x.T @ dz, dz.sum(axis=0)",
        );
        let (x, labels) = self.batch();
        let found = derivatives(&x, labels, self.data.train.classes(), EVERY);
        let error = relative_error(&found);
        // The largest are the most telling.
        let mut shown: Vec<_> = found.iter().collect();
        shown.sort_by(|a, b| b.by_formula.abs().total_cmp(&a.by_formula.abs()));
        for derivative in &shown[..3] {
            let [feature, class] = derivative.place;
            let [formula, differences] = [derivative.by_formula, derivative.by_differences]
                .map(|value| self.language.number(value, 8));
            self.answer(
                format!("∂L/∂W[{feature}, {class}]: {formula} by the formula, {differences} by differences"),
                format!("∂L/∂W[{feature}, {class}] : {formula} par la formule, {differences} par différences"),
            );
        }
        let weights = self.data.train.classes() * x.len() / BATCH;
        let (checked, all) = (found.len(), grouped(weights));
        let below = bound(error);
        self.answer(
            format!(
                "{checked} of the {all} derivatives in W checked, h = {STEP:e}: they agree to {below} of the largest"
            ),
            format!(
                "{checked} des {all} dérivées en W vérifiées, h = {STEP:e} : elles s'accordent à {below} de la plus grande"
            ),
        );
    }

    fn training(&mut self, threads: usize, cancellation: &Cancellation) -> Result<(), Cancelled> {
        self.ask(
            "Training",
            "L'apprentissage",
            "W -= 0.1 * dW; b -= 0.1 * db",
        );
        let (data, language) = (self.data, self.language);
        let percent = |share: f64| language.number(share * 100.0, 2);
        let (told, mut passes) = (&mut *self.told, Vec::new());
        let trained = train(data, threads, cancellation, &mut |pass| {
            let (number, loss) = (pass.number, language.number(pass.training_loss, 4));
            told(Step::Answer(language.of(
                format!("pass {number:>2}: loss {loss}"),
                format!("passe {number:>2} : perte {loss}"),
            )));
            passes.push(pass);
        })?;
        let updates = grouped(trained.updates);
        self.answer(
            format!("{updates} updates"),
            format!("{updates} mises à jour"),
        );
        self.ask(
            "Accuracy per epoch",
            "La justesse à chaque époque",
            "(p.argmax(axis=1) == y).mean()",
        );
        for pass in passes {
            let (number, [train, test]) = (pass.number, pass.right.map(percent));
            self.answer(
                format!("pass {number:>2}: {train} % of the training images right, {test} % of the test images"),
                format!("passe {number:>2} : {train} % des images d'apprentissage justes, {test} % des images de test"),
            );
        }
        self.ask(
            "Test accuracy",
            "La justesse sur les images de test",
            "(p_test.argmax(axis=1) == y_test).mean()",
        );
        let [train, test] = trained.right.map(percent);
        let loss = self.language.number(trained.test_loss, 4);
        self.answer(
            format!("{test} % right (training: {train} %), log-loss {loss}"),
            format!("{test} % de justes (apprentissage : {train} %), log-loss {loss}"),
        );
        Ok(())
    }
}

/// The power of ten above a number: the last digits of a small error are those of the machine.
fn bound(error: f64) -> String {
    format!("1e{}", error.log10().ceil())
}

/// A count, in groups of three digits.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
