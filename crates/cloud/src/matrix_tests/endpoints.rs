//! Every endpoint that needs an access token, as the router's own document has it.

use reqwest::Method;
use serde_json::{Value, json};

use super::slots::{Slot, slots};
use crate::testing::{Answer, Site, send};
use handover_wire::Permission;

/// An endpoint that needs an access token.
pub struct Endpoint {
    pub method: Method,
    pub path: String,
    /// None: whoever is signed in.
    pub permission: Option<Permission>,
    /// Where it takes the number of something.
    pub slots: Vec<Slot>,
    /// Query parameters that have to be there and number nothing, each with an example.
    required: Vec<(String, String)>,
    body: Body,
}

/// What it takes beside its parameters.
enum Body {
    Nothing,
    /// An example.
    Json(Value),
    /// Its type, and an example.
    Text(&'static str, String),
}

/// A request to an endpoint, in the making.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub query: Vec<(String, String)>,
    pub body: Value,
}

/// All of them but those of the mailbox.
///
/// Those of devices (`/external/api/...`) are not among them: a device's own token says which device it is, and what
/// others of that are refused is in `living_tests`, `gateway_tests` and `mesh_tests`.
pub fn endpoints() -> Vec<Endpoint> {
    let document = serde_json::to_value(crate::openapi()).expect("serializes");
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let is_open = operation["security"] == json!([{}]);
            if is_open {
                let named = &operation["x-permission"];
                assert!(
                    named.is_null(),
                    "{method} {path} is open and names a permission"
                );
                continue;
            }
            // What the demo leaves open is for those at the top elsewhere; `http/mailbox.rs` has its tests.
            if !path.starts_with("/api/mailbox") {
                found.push(Endpoint::read(&document, method, path, operation));
            }
        }
    }
    found
}

impl Endpoint {
    fn read(document: &Value, method: &str, path: &str, operation: &Value) -> Self {
        let named = &operation["x-permission"];
        let permission = match named.as_str() {
            Some("any") => None,
            _ => Some(
                serde_json::from_value(named.clone())
                    .unwrap_or_else(|_| panic!("{method} {path} names no permission: {named}")),
            ),
        };
        let slots = slots(document, &format!("{method} {path}"), operation);
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let required = parameters
            .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true)
            .filter_map(|parameter| {
                let name = parameter["name"].as_str()?;
                let is_slot = slots.iter().any(|slot| slot.is_parameter(name));
                (!is_slot).then(|| (name.to_owned(), example(parameter)))
            });
        Self {
            method: method.to_uppercase().parse().expect("a method"),
            path: path.to_owned(),
            permission,
            required: required.collect(),
            body: Body::read(&operation["requestBody"]["content"]),
            slots,
        }
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Its path below the Platform API.
    pub fn short(&self) -> String {
        self.name().replace(crate::testing::API, "")
    }

    pub fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    /// A request as the document's examples have it, without the number of anything.
    pub fn example(&self) -> Asked {
        let mut body = match &self.body {
            Body::Json(example) => example.clone(),
            _ => Value::Null,
        };
        for slot in &self.slots {
            slot.take_out(&mut body);
        }
        Asked {
            query: self.required.clone(),
            body,
        }
    }

    pub async fn call(&self, site: &Site, access: Option<&str>, asked: &Asked) -> Answer {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&asked.query);
        let target = format!("{}?{}", self.path, query.finish());
        let request = site.request(self.method.clone(), &target);
        let request = match access {
            Some(access) => request.bearer_auth(access),
            None => request,
        };
        send(match &self.body {
            Body::Nothing => request,
            Body::Json(_) => request.json(&asked.body),
            Body::Text(kind, text) => request.header("content-type", *kind).body(text.clone()),
        })
        .await
    }
}

/// A parameter's example; some text, which is long enough for a search, where it has none.
fn example(parameter: &Value) -> String {
    match &parameter["example"] {
        Value::String(text) => text.clone(),
        Value::Null => "some".to_owned(),
        other => other.to_string(),
    }
}

impl Body {
    fn read(content: &Value) -> Self {
        if content["application/json"].is_object() {
            return Self::Json(content["application/json"]["example"].clone());
        }
        for kind in ["text/csv", "text/plain"] {
            if content[kind].is_object() {
                let example = content[kind]["example"].as_str().unwrap_or_default();
                return Self::Text(kind, example.to_owned());
            }
        }
        assert!(content.is_null(), "what is {content}?");
        Self::Nothing
    }
}
