//! Files of predictions and of the truth, changed at random, are read or refused with a line.

use predictions::{NamedFile, PredictionError, Question, Truth, TruthColumns, judged, read_models};

const TRUTH: &str = "id,label,fold,group\n3,a,0,x\n1,b,1,y\n2,a,1,y\n7,b,0,x\n";
const ANSWERS: &str = "id,prediction,p_a,p_b,model,seed\n1,b,0.25,0.75,m,1\n2,a,1,0,m,1\n7,a,0.5,0.5,m,1\n3,a,0.9,0.1,m,1\n";
const IN_ROWS: &str = "a;b\n0,9;0,1\n0,2;0,8\n0,7;0,3\n0,4;0,6\n";

#[test]
fn mutated_predictions_are_read_or_refused() {
    let directory = tempfile::tempdir_in(mutants::memory()).unwrap();
    let [truth, answers] = ["truth.csv", "answers.csv"].map(|name| directory.path().join(name));
    let environment = records::examples::run(&["m"], &[0]).environment;
    let read = || -> Result<(), PredictionError> {
        let truth = Truth::read(&truth, TruthColumns::default())?;
        let file = NamedFile {
            name: None,
            path: answers.clone(),
        };
        let models = read_models(&truth, &[file])?;
        let question = Question {
            name: "q",
            seed: 1,
            baseline: None,
            margin: None,
        };
        judged(truth, models, question, environment.clone()).map(drop)
    };
    let seeds = [("truth", TRUTH), ("answers", ANSWERS), ("rows", IN_ROWS)];
    let seeds = seeds.map(|(name, text)| (name, text.as_bytes().to_vec()));
    let mut fine = 0;
    mutants::each(&seeds, 600, |name, bytes| {
        let text = |of: &str| if of == name { bytes } else { &[] };
        let or = |bytes: &[u8], text: &str| {
            if bytes.is_empty() {
                text.into()
            } else {
                bytes.to_vec()
            }
        };
        let of_answers = [text("answers"), text("rows")].concat();
        let files = [
            (&truth, or(text("truth"), TRUTH)),
            (&answers, or(&of_answers, ANSWERS)),
        ];
        for (path, bytes) in files {
            std::fs::write(path, bytes).unwrap();
        }
        match read() {
            Ok(()) => fine += 1,
            Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
        }
    });
    assert!(fine > 50, "{fine} of 1 800 could be judged");
}
