//! Plans that are good, and what is said of those that are not.

use super::*;

fn parse(text: &str) -> Result<Plan, Failure> {
    Plan::parse(text, Path::new("plan.toml"), false)
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

#[test]
fn the_default_plan_names_the_default_comparison() {
    let plan = Plan::default_plan().expect("the default plan is good");
    let ids: Vec<&str> = plan.models.iter().map(|model| model.id.as_str()).collect();
    assert!(
        ids.starts_with(&["softmax"])
            && ids.ends_with(&["linfa-svm-rbf", "linfa-logistic", "nearest-centroid"])
    );
    assert_eq!(
        plan.ready().expect("its parameters are good").len(),
        ids.len()
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
    assert_eq!((plan.seed, ready.len()), (9, 2));
    assert_eq!(
        (ready[0].train_limit, ready[1].train_limit),
        (Some(500), Some(70))
    );
    assert_eq!(ready[1].id, "fast");
    assert_eq!(ready[1].recipe.values()["learning_rate"], Value::from(0.5));
}

#[test]
fn mistakes_in_a_plan_are_named_with_their_line() {
    assert_eq!(
        refusal("seed = 1\ndatset = \"mnist\""),
        "plan.toml, line 2: unknown key `datset` (did you mean `dataset`?); known are question, analysis, dataset, data_dir, seed, seeds, calibrate, sizes, validation, cv, train_limit, models"
    );
    assert_eq!(
        refusal("[[models]]\nmodel = \"sofmax\""),
        "plan.toml, line 2: unknown model `sofmax` (did you mean `softmax`?); `experiments models` lists them"
    );
    assert_eq!(
        refusal("[[models]]\nmodel = \"softmax\"\n\nlearning_rat = 0.5"),
        "plan.toml, line 4: softmax: unknown parameter `learning_rat` (did you mean `learning_rate`?); it has epochs, batch_size, learning_rate, shuffle, train_limit"
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
        "plan.toml, line 3: softmax: batch_size = 0: expected at least 1"
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
    let values = ready(plan)[0].recipe.values();
    assert_eq!(
        (&values["epochs"], &values["batch_size"]),
        (&Value::from(10), &Value::from(16))
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
    let values = plan.ready().expect("good parameters")[0].recipe.values();
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
    assert!(nan.contains("expected a number"), "{nan}");
    let negative = refuse("softmax.epochs=-3");
    assert!(negative.contains("expected a whole number"), "{negative}");
    assert!(refuse("softmax.learning_rate=-1").contains("expected a number above 0"));
    assert!(refuse("softmax.train_limit=0").contains("at least 1"));
}
