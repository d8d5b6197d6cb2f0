//! A fitted machine as named arrays, and back.

use classifier::{Array, Sizes, State, StateError, Values};
use kernel_svm::{Certificate, Kernel, Numbers, Parts, SupportVectorMachine};

/// Numbers of a certificate.
const CERTIFICATE: usize = 8;

/// The arrays of a machine.
pub(crate) fn state(svm: &SupportVectorMachine) -> State {
    let parts = svm.parts();
    let (all, others) = (parts.support.len(), parts.classes.len() - 1);
    let pairs = parts.rho.len();
    let certificates = parts.certificates.iter().flat_map(numbers).collect();
    let state = State::default()
        .with("gamma", &[], vec![parts.gamma])
        .with("scale", &[], vec![parts.scale])
        .with("rho", &[pairs], parts.rho)
        .with("certificates", &[pairs, CERTIFICATE], certificates)
        .with_indices("occurring", &parts.classes)
        .with_indices("counts", &parts.counts)
        .with_indices("support", &parts.support);
    let state = match &parts.sigmoids {
        None => state,
        Some(sigmoids) => state.with("sigmoids", &[pairs, 2], sigmoids.concat()),
    };
    let state = with_numbers(state, "vectors", [all, parts.features], parts.vectors);
    with_numbers(state, "coefficients", [all, others], parts.coefficients)
}

/// The machine that a state describes, with this kernel.
pub(crate) fn machine(
    state: &mut State,
    sizes: Sizes,
    kernel: Kernel,
    probability: bool,
) -> Result<SupportVectorMachine, StateError> {
    let classes = state.take_indices("occurring", sizes.classes)?;
    let others = classes.len().saturating_sub(1);
    let rho: Vec<f64> = state.take("rho")?.list()?;
    let pairs = rho.len();
    let sigmoids = if probability {
        let values: Vec<f64> = state.take("sigmoids")?.of_shape(&[pairs, 2])?;
        Some(values.as_chunks::<2>().0.to_vec())
    } else {
        None
    };
    let certificates: Vec<f64> = state
        .take("certificates")?
        .of_shape(&[pairs, CERTIFICATE])?;
    let certificates = certificates.as_chunks::<CERTIFICATE>().0;
    let parts = Parts {
        features: sizes.features,
        kernel,
        gamma: scalar(state, "gamma")?,
        scale: scalar(state, "scale")?,
        counts: state.take_indices("counts", usize::MAX)?,
        support: state.take_indices("support", usize::MAX)?,
        vectors: take_numbers(state, "vectors", sizes.features)?,
        // Samples here are never sparse.
        places: None,
        coefficients: take_numbers(state, "coefficients", others)?,
        certificates: certificates.iter().map(certificate).collect(),
        classes,
        rho,
        sigmoids,
    };
    SupportVectorMachine::from_parts(parts).map_err(|error| StateError::Unfit {
        reason: error.to_string(),
    })
}

fn scalar(state: &mut State, name: &str) -> Result<f64, StateError> {
    let values: Vec<f64> = state.take(name)?.of_shape(&[])?;
    Ok(values[0])
}

fn with_numbers(state: State, name: &str, shape: [usize; 2], numbers: Numbers) -> State {
    match numbers {
        Numbers::Bytes(values) => state.with(name, &shape, values),
        Numbers::Single(values) => state.with(name, &shape, values),
        Numbers::Double(values) => state.with(name, &shape, values),
    }
}

/// Rows of numbers of any of the three types.
fn take_numbers(state: &mut State, name: &str, width: usize) -> Result<Numbers, StateError> {
    let array = state.arrays().get(name);
    match array.map(Array::values) {
        Some(Values::U8(_)) => Ok(Numbers::Bytes(state.take(name)?.rows_of(width)?)),
        Some(Values::F64(_)) => Ok(Numbers::Double(state.take(name)?.rows_of(width)?)),
        _ => Ok(Numbers::Single(state.take(name)?.rows_of(width)?)),
    }
}

fn numbers(certificate: &Certificate) -> [f64; CERTIFICATE] {
    [
        certificate.dual_objective,
        certificate.duality_gap,
        certificate.kkt_violation,
        certificate.support_vectors as f64,
        certificate.bounded_support_vectors as f64,
        certificate.working_sets as f64,
        certificate.steps as f64,
        certificate.kernel_rows as f64,
    ]
}

fn certificate(numbers: &[f64; CERTIFICATE]) -> Certificate {
    let count = |place: usize| numbers[place] as usize;
    Certificate {
        dual_objective: numbers[0],
        duality_gap: numbers[1],
        kkt_violation: numbers[2],
        support_vectors: count(3),
        bounded_support_vectors: count(4),
        working_sets: count(5),
        steps: count(6),
        kernel_rows: count(7),
    }
}
