//! Plans that are good, and what is said of those that are not.

use super::*;
use model_nearest_centroid::NEAREST_CENTROID;
use model_softmax::{SOFTMAX, SOFTMAX_LBFGS};

const REGISTRY: Registry =
    Registry::new(&[SOFTMAX, SOFTMAX_LBFGS, NEAREST_CENTROID]).without(&[("left-out", "all")]);

fn parse(text: &str) -> Result<Plan, Failure> {
    Plan::parse(REGISTRY, text, Path::new("plan.toml"), false)
}

fn refusal(text: &str) -> String {
    match parse(text).and_then(|plan| plan.ready()) {
        Ok(_) => panic!("accepted: {text}"),
        Err(failure) => failure.to_string(),
    }
}

fn softmax(text: &str) -> Plan {
    parse(&format!("[[models]]\nmodel = \"softmax\"\n{text}")).expect("a good plan")
}

#[cfg(target_os = "linux")]
#[test]
fn what_never_ends_is_no_plan() {
    let refused = Plan::read(REGISTRY, Path::new("/dev/zero")).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "/dev/zero: more than 16 MiB; this is no plan"
    );
}

#[test]
fn a_plan_in_another_encoding_is_refused_with_the_line() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), b"seed = 1\nquestion = \"caf\xe9\"\n").unwrap();
    let refused = Plan::read(REGISTRY, file.path()).unwrap_err().to_string();
    let expected = ": line 2 is not UTF-8; save the plan as UTF-8";
    assert!(refused.ends_with(expected), "{refused}");
}

#[test]
fn a_plan_that_is_built_in_may_name_models_that_the_build_lacks() {
    let text = "[[models]]\nmodel = \"softmax\"\n[[models]]\nmodel = \"left-out\"";
    let plan = Plan::built_in(REGISTRY, text, "the default plan").expect("a good plan");
    assert_eq!(plan.ready().expect("good parameters").len(), 1);
    assert_eq!(
        refusal(text),
        "plan.toml, line 4: `left-out` is not in this build; build with `--features all`"
    );
}

#[test]
fn a_program_of_the_users_has_a_name_and_the_parameters_of_the_plan() {
    let program = "[[models]]\ncommand = [\"python3\", \"net.py\"]\n";
    let mut plan = parse(&format!("{program}id = \"net\"\nhidden = 64")).expect("a good plan");
    plan.set("net.hidden=32").expect("a good assignment");
    let ready = plan.ready().expect("good parameters");
    assert_eq!(ready[0].method.values()["hidden"], Value::from(32));
    assert!(refusal(program).contains("line 1: a command needs an `id`"));
    let both = format!("{program}id = \"net\"\nmodel = \"softmax\"");
    assert!(refusal(&both).contains("either `model` or `command`"));
    let text = "[[models]]\ncommand = \"python3 net.py\"\nid = \"net\"";
    assert!(refusal(text).contains("line 2: `command` must be a list of words"));
    let text = "[[models]]\ncommand = [\"a\\u0000b\"]\nid = \"net\"";
    assert!(refusal(text).contains("line 2: `command` must be a list of words"));
}

#[test]
fn a_range_with_whole_ends_is_of_real_numbers_where_the_parameter_is_one() {
    let plan = softmax(
        "search.learning_rate = { from = 1, to = 3 }\nsearch.epochs = { from = 1, to = 3 }",
    );
    let ready = plan.ready().expect("good parameters");
    let domain = |name| {
        let mut domains = ready[0].space.domains().iter();
        domains
            .find(|(of, _)| of == name)
            .map(|(_, domain)| domain.clone())
    };
    let (low, high, log) = (1.0, 3.0, false);
    assert_eq!(
        domain("learning_rate"),
        Some(search::Domain::Real { low, high, log })
    );
    let (low, high) = (1, 3);
    assert_eq!(
        domain("epochs"),
        Some(search::Domain::Whole { low, high, log })
    );
}

#[test]
fn a_plan_may_train_one_model_twice() {
    let plan = parse(
        "seed = 9\ntrain_limit = 500\n[[models]]\nmodel = \"softmax\"\n\
         [[models]]\nmodel = \"softmax\"\nid = \"fast\"\nlearning_rate = 0.5\ntrain_limit = 70",
    );
    let plan = plan.expect("a good plan");
    let ready = plan.ready().expect("good parameters");
    assert_eq!((plan.options.seed(), ready.len()), (9, 2));
    assert_eq!(
        (ready[0].train_limit, ready[1].train_limit),
        (Some(500), Some(70))
    );
    assert_eq!(ready[1].id, "fast");
    assert_eq!(ready[1].method.values()["learning_rate"], Value::from(0.5));
}

#[test]
fn mistakes_in_a_plan_are_named_with_their_line() {
    assert_eq!(
        refusal("seed = 1\ndatset = \"mnist\""),
        "plan.toml, line 2: unknown key `datset` (did you mean `dataset`?); known are question, analysis, dataset, data_dir, data, test, test_share, label, ignore, group, categories, missing, header, resize, seed, seeds, calibrate, sizes, validation, cv, baseline, margin, slice, train_limit, preparation, models"
    );
    assert_eq!(
        refusal("[[models]]\nmodel = \"sofmax\""),
        "plan.toml, line 2: unknown model `sofmax` (did you mean `softmax`?); `experiments models` lists them"
    );
    assert_eq!(
        refusal("[[models]]\nmodel = \"softmax\"\n\nlearning_rat = 0.5"),
        "plan.toml, line 4: softmax: unknown parameter `learning_rat` (did you mean `learning_rate`?); it has epochs, batch_size, learning_rate, shuffle, class_weights, train_limit"
    );
    assert!(refusal("[[models]]\nmodel = \"softmax\"\ntrain_limt = 9").contains("`train_limit`?"));
    assert_eq!(
        refusal("[[models]]\nmodel = \"softmax\"\nserch = { epochs = [1] }"),
        "plan.toml, line 3: no parameter is a table: `serch` (did you mean `search`?)"
    );
    assert_eq!(
        refusal("sizes = [5]\ncv = 3\n[[models]]\nmodel = \"softmax\""),
        "plan.toml, line 2: `cv` excludes `sizes`"
    );
    assert_eq!(
        refusal("[[models]]\nmodel = \"softmax\"\nbatch_size = 0"),
        "plan.toml, line 3: softmax: batch_size = 0: expected a whole number of at least 1"
    );
    assert_eq!(
        refusal("seed = \"x\""),
        "plan.toml, line 1: `seed` must be a whole number, not negative"
    );
    assert!(refusal("seed = = 1").starts_with("plan.toml, line 1: "));
    assert_eq!(
        refusal("seed = 1"),
        "plan.toml, line 1: no models to compare"
    );
    let twice = "[[models]]\nmodel = \"softmax\"\n".repeat(2);
    assert!(refusal(&twice).contains("two models are called `softmax`"));
}

#[test]
fn numbers_may_be_written_as_toml_allows() {
    let ready = |plan: Plan| plan.ready().expect("good parameters");
    let plan = softmax("epochs = 1_0\nlearning_rate = +1e-1\nbatch_size = 0x10");
    let values = ready(plan)[0].method.values();
    assert_eq!(
        (&values["epochs"], &values["batch_size"]),
        (&Value::from(10), &Value::from(16))
    );
    let huge = refusal("[[models]]\nmodel = \"softmax\"\nepochs = 99999999999999999999");
    assert!(
        huge.contains("line 3: `epochs` must be a whole number of at most 9223372036854775807"),
        "{huge}"
    );
    let nan = refusal("[[models]]\nmodel = \"softmax\"\nlearning_rate = nan");
    assert!(
        nan.contains("line 3: `learning_rate` must be a finite number"),
        "{nan}"
    );
}

#[test]
fn assignments_change_parameters() {
    let mut plan = softmax("");
    plan.set("softmax.epochs=3").expect("a good assignment");
    plan.set("softmax.shuffle = true")
        .expect("a good assignment");
    let values = plan.ready().expect("good parameters")[0].method.values();
    assert_eq!(
        (&values["epochs"], &values["shuffle"]),
        (&Value::from(3), &Value::Bool(true))
    );
}

#[test]
fn assignments_are_refused_with_a_reason() {
    let refuse = |assignment: &str| {
        let mut plan = softmax("");
        plan.set(assignment)
            .and_then(|()| plan.ready())
            .expect_err("refused")
            .to_string()
    };
    assert!(refuse("epochs=3").contains("expected MODEL.PARAMETER=VALUE"));
    assert!(refuse("softmx.epochs=3").contains("did you mean `softmax`?"));
    assert!(refuse("nearest-centroid.x=3").contains("is not in the plan, which has softmax"));
    let nan = refuse("softmax.learning_rate=nan");
    assert!(nan.contains("expected a finite number"), "{nan}");
    let negative = refuse("softmax.epochs=-3");
    assert!(negative.contains("expected a whole number"), "{negative}");
    assert!(refuse("softmax.learning_rate=-1").contains("expected a number above 0"));
    assert!(refuse("softmax.train_limit=0").contains("at least 1"));
}
