//! `serve` by the real binary: the answers of `predict`, limits, hostile requests, a clean end.

mod served;

use serde_json::{Value, json};
use served::{Served, coloured, red_and_blue, response, trained};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const FEW: [&str; 2] = ["--train-limit", "2000"];

/// Two models of MNIST's pictures.
fn of_pictures(directory: &Path) -> [std::path::PathBuf; 2] {
    ["softmax", "nearest-centroid"].map(|model| trained(directory, model, &FEW))
}

/// What `predict` says of an input, a line of JSON for each sample.
fn predicted(model: &Path, input: &Path) -> Vec<Value> {
    let mut command = assert_cmd::Command::cargo_bin("experiments").unwrap();
    command.args(["predict", "--format", "jsonl", "--model"]);
    let output = command.arg(model).arg(input).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let line = |line| serde_json::from_str(line).unwrap();
    text.lines().map(line).collect()
}

/// That an answer has the class and the probabilities that `predict` gave.
fn assert_same(answer: &Value, predicted: &Value) {
    assert_eq!(answer["class"], predicted["class"]);
    assert_eq!(answer["probabilities"], predicted["probabilities"]);
}

#[test]
fn answers_are_those_of_predict_and_a_signal_ends_it() {
    let directory = tempfile::tempdir().unwrap();
    let models = of_pictures(directory.path());
    let served = Served::start(&[&models[0], &models[1]], &[]);
    assert_eq!(served.get("/health").json(), json!({"status": "ok"}));

    // Pictures as the models see them.
    let test = catalog::mnist().unwrap().test;
    let pixels = test.samples().pixels().unwrap();
    let mnist = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/catalog/data/mnist");
    let offline = models
        .each_ref()
        .map(|model| predicted(model, Path::new(mnist)));
    for (i, pixels) in pixels.chunks_exact(784).enumerate().take(50) {
        let reply = served.ask(&json!({ "pixels": pixels })).json();
        for (model, offline) in offline.iter().enumerate() {
            assert_same(&reply["answers"][model], &offline[i]);
        }
    }

    // A picture of any size, and why.
    let mut drawn = b"P5 56 84 255\n".to_vec();
    drawn.extend((0..56 * 84).map(|at| {
        if (20..30).contains(&(at % 56)) {
            9
        } else {
            240
        }
    }));
    let file = directory.path().join("one.pgm");
    std::fs::write(&file, &drawn).unwrap();
    for (place, model) in ["softmax", "nearest-centroid"].into_iter().enumerate() {
        let path = format!("/v1/predict?explain={model}");
        let reply = served
            .post(&path, "image/x-portable-graymap", &drawn)
            .json();
        assert_same(
            &reply["answers"][place],
            &predicted(&models[place], &file)[0],
        );
        assert_eq!(reply["input"]["pixels"].as_array().unwrap().len(), 784);
        let why = &reply["explanation"];
        assert_eq!(
            (&why["model"], &why["method"]),
            (&json!(model), &json!("weights"))
        );
        assert_eq!(why["values"].as_array().unwrap().len(), 784);
    }
    let metrics = String::from_utf8(served.get("/metrics").body).unwrap();
    assert!(
        metrics.contains("path=\"/v1/predict\",status=\"200\"} 52\n"),
        "{metrics}"
    );
    assert_eq!(served.terminate().code(), Some(0));
}

#[test]
fn explanations_are_drawn_by_predict() {
    let directory = tempfile::tempdir().unwrap();
    let model = trained(directory.path(), "softmax", &["--dataset", "zoo"]);
    let zoo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/catalog/data/tables/Zoo.csv");
    let why = directory.path().join("why");
    let mut command = assert_cmd::Command::cargo_bin("experiments").unwrap();
    command.arg("predict").arg("--model").arg(&model).arg(zoo);
    command.arg("--explain").arg(&why).assert().success();
    let svg = std::fs::read_to_string(why.join("0.svg")).unwrap();
    assert!(
        svg.contains("What spoke for") && svg.contains(">milk<"),
        "{svg}"
    );
    assert!(why.join("100.svg").exists() && !why.join("101.svg").exists());
}

#[test]
fn rows_of_a_table_are_asked_by_column() {
    let directory = tempfile::tempdir().unwrap();
    let zoo = ["--dataset", "zoo"];
    let models = ["softmax", "random-forest"].map(|model| trained(directory.path(), model, &zoo));
    let served = Served::start(&[&models[0], &models[1]], &[]);
    let columns = served.get("/v1/models").json()["input"]["columns"].take();
    let columns = columns.as_array().unwrap();
    let value = |column: &Value| match column["kind"].as_str().unwrap() {
        "boolean" => json!(column["name"] == "milk" || column["name"] == "hair"),
        _ => json!(4),
    };
    let row: serde_json::Map<String, Value> = columns
        .iter()
        .map(|column| (column["name"].as_str().unwrap().to_owned(), value(column)))
        .collect();
    let text = |of: fn(&(&String, &Value)) -> String| {
        row.iter()
            .map(|cell| of(&cell))
            .collect::<Vec<_>>()
            .join(",")
    };
    let file = directory.path().join("row.csv");
    let csv = [text(|cell| cell.0.clone()), text(|cell| cell.1.to_string())].join("\n");
    std::fs::write(&file, csv + "\n").unwrap();
    for (place, model) in ["softmax", "random-forest"].into_iter().enumerate() {
        let path = format!("/v1/predict?explain={model}");
        let body = json!({ "row": row }).to_string();
        let reply = served
            .post(&path, "application/json", body.as_bytes())
            .json();
        assert_same(
            &reply["answers"][place],
            &predicted(&models[place], &file)[0],
        );
        let method = ["weights", "occlusion"][place];
        assert_eq!(reply["explanation"]["method"], method);
        assert!(
            reply["explanation"]["parts"]
                .as_array()
                .unwrap()
                .contains(&json!("milk"))
        );
    }

    let mut wrong = row.clone();
    wrong.insert("leg".to_owned(), json!(2));
    let line = served.ask(&json!({ "row": wrong })).refusal(422);
    assert!(
        line.contains("row, leg") && line.contains("did you mean legs?"),
        "{line}"
    );
    wrong = row.clone();
    wrong.remove("legs");
    assert!(
        served
            .ask(&json!({ "row": wrong }))
            .refusal(422)
            .contains("row, legs: it is not there")
    );
    for (value, expected) in [
        (json!("four"), "not a number"),
        (json!([4]), "a list or an object"),
    ] {
        wrong = row.clone();
        wrong.insert("legs".to_owned(), value);
        let line = served.ask(&json!({ "row": wrong })).refusal(422);
        assert!(line.contains("legs") && line.contains(expected), "{line}");
    }
}

#[test]
fn pictures_in_colour_are_answered_as_by_predict() {
    let directory = tempfile::tempdir().unwrap();
    let data = red_and_blue(directory.path());
    let options = ["--data", data.to_str().unwrap()];
    let names = ["softmax", "random-forest", "kernel-svm"];
    let models = names.map(|model| trained(directory.path(), model, &options));
    let served = Served::start(&models.each_ref().map(AsRef::as_ref), &[]);
    let input = served.get("/v1/models").json()["input"].take();
    let expected = json!({"kind": "picture", "rows": 4, "columns": 6, "colour": true});
    assert_eq!(input, expected);
    let document = served.get("/openapi.json").json();
    assert_eq!(
        document["components"]["schemas"]["Question"]["properties"]["pixels"]["minItems"],
        3 * 4 * 6
    );

    // Of their size and of another, and in grey.
    let mut grey = b"P5 3 2 255\n".to_vec();
    grey.extend([9, 99, 199, 0, 255, 7]);
    for (place, file) in [
        coloured(4, 6, true, 77),
        coloured(9, 5, false, 190),
        coloured(33, 70, true, 120),
        grey,
    ]
    .into_iter()
    .enumerate()
    {
        let path = directory.path().join(format!("{place}.ppm"));
        std::fs::write(&path, &file).unwrap();
        let kind = "image/x-portable-pixmap";
        for (model, name) in names.iter().enumerate() {
            let ask = format!("/v1/predict?explain={name}");
            let reply = served.post(&ask, kind, &file).json();
            let offline = &predicted(&models[model], &path)[0];
            assert_same(&reply["answers"][model], offline);
            let pixels = &reply["input"]["pixels"];
            assert_eq!(pixels.as_array().unwrap().len(), 3 * 4 * 6);
            // One for each pixel, with all of its colours.
            let why = reply["explanation"]["values"].as_array().unwrap();
            assert_eq!(why.len(), 4 * 6);
            let again = served.ask(&json!({ "pixels": pixels })).json();
            assert_eq!(again["answers"], reply["answers"]);
        }
    }
    let grey_pixels = served.ask(&json!({"pixels": vec![0; 24]}));
    assert_eq!(grey_pixels.status, 422);
    let what = grey_pixels.json()["error"]["what"].take();
    assert_eq!(what, "24 values, and the models see 4 × 6 pixels in colour");
    assert_eq!(served.terminate().code(), Some(0));

    let why = directory.path().join("why");
    let mut command = assert_cmd::Command::cargo_bin("experiments").unwrap();
    command.args(["predict", "--explain"]).arg(&why);
    command.arg("--model").arg(&models[0]);
    let one = directory.path().join("0.ppm");
    command.arg(one).assert().success();
    assert!(why.join("0.png").exists());
}

#[test]
fn hostile_requests_are_refused_and_the_server_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let models = of_pictures(directory.path());
    let served = Served::start(&[&models[0]], &["--time-limit", "500ms"]);
    let json_type = "application/json";
    let post = |body: &[u8]| served.post("/v1/predict", json_type, body);
    let deep = "[".repeat(100_000);
    let inner = format!("{{\"row\":{{\"a\":{deep}");
    for (status, body) in [
        (400, &b"{"[..]),
        (400, b""),
        (400, b"\xff\xfe{}"),
        (422, deep.as_bytes()),
        (400, inner.as_bytes()),
        (422, b"{}"),
        (422, b"[]"),
        (422, b"[null,{}]"),
        (422, b"{\"pixels\":[1,2,3]}"),
        (422, b"{\"pixels\":[300]}"),
        (422, b"{\"pixels\":[-1]}"),
        (422, b"{\"pixels\":null}"),
        (422, b"{\"row\":{}}"),
        (422, b"{\"pixel\":[]}"),
    ] {
        post(body).refusal(status);
    }
    let large = vec![b' '; (1 << 20) + 1];
    assert!(post(&large).refusal(413).contains("at most 1048576 bytes"));
    let endless = b"POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n";
    served.send(endless).refusal(413);
    let picture = |kind, bytes: &[u8]| served.post("/v1/predict", kind, bytes);
    picture("text/csv", b"1,2").refusal(415);
    picture("image/png", b"no picture").refusal(422);
    let bomb = picture("image/x-portable-graymap", b"P5 60000 60000 255\n");
    assert!(bomb.refusal(422).contains("4194304 pixels at most"));
    served
        .post("/v1/predict?explain=nobody", json_type, b"{}")
        .refusal(422);
    served.get("/nothing").refusal(404);
    let wrong = served.get("/v1/predict");
    assert!(
        wrong.head.to_ascii_lowercase().contains("allow: post"),
        "{}",
        wrong.head
    );
    wrong.refusal(405);

    // A body that never comes.
    let mut slow = served.connect();
    slow.write_all(b"POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        .unwrap();
    response(&mut slow).refusal(408);
    // No HTTP at all, and a client that goes.
    for bytes in [
        &b"\x16\x03\x01\x02\x00"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        &vec![b'x'; 50_000],
    ] {
        let mut stream = served.connect();
        let _ = stream.write_all(bytes);
    }
    assert_eq!(served.get("/health").status, 200);
    assert_eq!(served.terminate().code(), Some(0));
}

#[test]
fn what_is_too_much_is_refused_and_never_answered_wrongly() {
    let directory = tempfile::tempdir().unwrap();
    let models = of_pictures(directory.path());
    let served = Served::start(&[&models[0], &models[1]], &["--waiting", "1"]);
    let train = catalog::mnist().unwrap().train;
    let pixels = &train.samples().pixels().unwrap()[..64 * 784];
    let ask = |pixels: &[u8]| served.ask(&json!({ "pixels": pixels }));
    let alone: Vec<Value> = pixels
        .chunks_exact(784)
        .map(|pixels| ask(pixels).json())
        .collect();
    let refused = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let clients = pixels.chunks_exact(784).zip(&alone);
        for (pixels, alone) in clients {
            scope.spawn(|| {
                for _ in 0..20 {
                    let response = ask(pixels);
                    if response.status == 200 {
                        assert_eq!(response.json(), *alone);
                    } else {
                        assert!(
                            response
                                .head
                                .to_ascii_lowercase()
                                .contains("retry-after: 1")
                        );
                        response.refusal(429);
                        refused.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    // Two workers and one place to wait, for 64 clients.
    assert!(refused.into_inner() > 0, "nothing was too much");
}

/// What is being answered when the signal comes is still answered.
#[test]
fn a_request_that_is_under_way_is_answered_before_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let models = of_pictures(directory.path());
    let served = Served::start(&[&models[0]], &[]);
    let mut stream = served.connect();
    let body = json!({"pixels": vec![0; 784]}).to_string();
    let head = format!(
        "POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body.as_bytes()[..100]).unwrap();
    // The server has the head, and waits for the rest.
    std::thread::sleep(Duration::from_millis(300));
    let ended = std::thread::spawn(move || served.terminate());
    std::thread::sleep(Duration::from_millis(300));
    stream.write_all(&body.as_bytes()[100..]).unwrap();
    assert_eq!(response(&mut stream).status, 200);
    assert_eq!(ended.join().unwrap().code(), Some(0));
}

/// The system completes connections before the server takes them: whoever has asked on one must not be reset.
#[cfg(unix)]
#[test]
fn who_knocked_before_the_end_is_answered() {
    let directory = tempfile::tempdir().unwrap();
    let models = of_pictures(directory.path());
    let served = Served::start(&[&models[0]], &[]);
    let body = json!({"pixels": vec![0; 784]}).to_string();
    let length = body.len();
    let question =
        format!("POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{body}");
    served.signal("STOP");
    let knock = |_| {
        let mut stream = served.connect();
        stream.write_all(question.as_bytes()).unwrap();
        stream
    };
    let mut streams: Vec<_> = (0..100).map(knock).collect();
    served.signal("TERM");
    served.signal("CONT");
    for stream in &mut streams {
        assert_eq!(response(stream).status, 200);
    }
    assert_eq!(served.terminate().code(), Some(0));
}

#[test]
fn what_cannot_be_served_is_said_in_a_line() {
    let directory = tempfile::tempdir().unwrap();
    let [softmax, _] = of_pictures(directory.path());
    let below = directory.path().join("zoo");
    std::fs::create_dir(&below).unwrap();
    let zoo = trained(&below, "majority", &["--dataset", "zoo"]);
    let refused = |arguments: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("experiments").unwrap();
        let output = command.arg("serve").args(arguments).assert().code(2);
        String::from_utf8(output.get_output().stderr.clone()).unwrap()
    };
    let [softmax, zoo] = [&softmax, &zoo].map(|path| path.to_str().unwrap());
    let line = refused(&[softmax, zoo]);
    assert!(
        line.contains(
            "softmax takes pictures of 28 × 28, put as MNIST's, and majority takes 16 columns"
        ),
        "{line}"
    );
    assert!(refused(&[softmax, softmax]).contains("two models are called softmax"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert!(refused(&[softmax, "--listen", &address]).contains(&address));
}
