//! The page: one file that loads nothing, and asks only the server that it came from.

use crate::models::Models;
use crate::openapi;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kept::Method;
use report::{model_colours, page_colours};
use serde_json::json;
use sha2::{Digest, Sha256};

const TEMPLATE: &str = include_str!("../templates/page.html");
const STYLE: &str = include_str!("../templates/page.css");
const SCRIPT: &str = concat!(
    include_str!("../templates/answers.js"),
    include_str!("../templates/drawing.js"),
    include_str!("../templates/form.js"),
    include_str!("../templates/disagreements.js"),
    include_str!("../templates/page.js"),
);

/// The page, and its content security policy.
pub(crate) fn page(models: &Models) -> (String, String) {
    let style = page_colours() + STYLE;
    let policy = policy(&style, SCRIPT);
    // Nothing in the text may end the element that it stands in.
    let mut data = openapi::models(models);
    data["methods"] = json!({
        "weights": Method::Weights.in_words(),
        "occlusion": Method::Occlusion.in_words(),
    });
    let names = models.all.iter().map(|model| model.name.as_str());
    data["colours"] = json!(model_colours(names));
    let data = data.to_string().replace('<', "\\u003c");
    let page = TEMPLATE
        .replacen("{{style}}", &style, 1)
        .replacen("{{script}}", SCRIPT, 1)
        .replacen("{{data}}", &data, 1);
    (page, policy)
}

/// Nothing is loaded, no script and no style sheet counts but the page's own, and it asks its own server alone.
fn policy(style: &str, script: &str) -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; connect-src 'self'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(style),
        hash(script)
    )
}
