//! Data that tests divide.

use catalog::Splits;

/// 1 000 training and 300 test images of MNIST.
pub(crate) fn digits() -> Splits {
    let both = classifier_conformance::digits();
    Splits::new("digits", "Digits", "test", both, Default::default()).expect("of one shape")
}
