//! Where requests have the numbers of things: parameters and fields, in lists and nested ones, too.

use serde_json::Value;

use super::endpoints::Asked;
use super::things::Kind;

/// One place in a request that names a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// What is named there.
    pub kind: Kind,
    /// Whether a request without it is malformed.
    pub is_required: bool,
    place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Query(String),
    /// The way to it through the body; `*` is each of a list.
    Body(Vec<String>),
}

/// What looks like the number of a thing, and is none: each with the reason.
fn is_no_thing(name: &str) -> bool {
    // The numbers of roles are everybody's.
    name == "roleId"
}

/// The kind of thing that is named in a place of this name and type. None: no thing is. What looks like one and is not known
/// here is a mistake in this table, or a way past the matrix.
fn kind(at: &str, name: &str, schema: &Value) -> Option<Kind> {
    let typed = schema["$ref"].as_str().unwrap_or_default();
    let typed = typed.rsplit('/').next().unwrap_or_default();
    let is_about_gateways = at.contains("/gateway");
    let found = match (typed, name) {
        ("OrgId", _) => Kind::Org,
        ("UserId", _) => Kind::User,
        ("DeviceId", "gatewayId" | "newGatewayId") => Kind::Gateway,
        ("DeviceId", "deviceId") if is_about_gateways => Kind::Gateway,
        ("DeviceId", _) => Kind::Device,
        ("BatchId", _) => Kind::Batch,
        ("TokenId", "tokenId") if is_about_gateways => Kind::GatewayToken,
        ("TokenId", _) => Kind::Token,
        ("WorkId", _) => Kind::Work,
        ("FileId", _) => Kind::File,
        ("ApprovalId", _) => Kind::Approval,
        ("TemplateId", _) => Kind::Template,
        (_, "sessionId") => Kind::Session,
        (_, "clientId") => Kind::Machine,
        _ => {
            let ends = ["Id", "Ids", "_id", "_ids"];
            let looks_like_one = typed.ends_with("Id")
                || ends.iter().any(|end| name.ends_with(end))
                || matches!(name, "id" | "ids");
            assert!(
                !looks_like_one || is_no_thing(name),
                "{at}: what is {name}?"
            );
            return None;
        }
    };
    Some(found)
}

/// All of an operation's.
pub fn slots(document: &Value, at: &str, operation: &Value) -> Vec<Slot> {
    let mut reader = Reader {
        document,
        at,
        found: Vec::new(),
    };
    let parameters = operation["parameters"].as_array();
    for parameter in parameters.into_iter().flatten() {
        let name = parameter["name"].as_str().expect("a name");
        // Nothing is named in a path so far; it would be one more place here.
        assert!(!at.contains('{'), "{at}: what is in its path?");
        let place = Place::Query(name.to_owned());
        let is_required = parameter["required"] == true;
        reader.read(name, &parameter["schema"], place, is_required);
    }
    let content = operation["requestBody"]["content"].as_object();
    for (kind, content) in content.into_iter().flatten() {
        let whole = Place::Body(Vec::new());
        if kind == "application/json" {
            reader.read("", &content["schema"], whole, true);
        }
    }
    reader.found
}

struct Reader<'a> {
    document: &'a Value,
    at: &'a str,
    found: Vec<Slot>,
}

impl Reader<'_> {
    fn read(&mut self, name: &str, schema: &Value, place: Place, is_required: bool) {
        let whole = self.resolved(schema).unwrap_or(schema).clone();
        for key in ["oneOf", "anyOf", "allOf"] {
            for one in whole[key].as_array().into_iter().flatten() {
                let is_always = is_required && key == "allOf";
                self.read(name, one, place.clone(), is_always);
            }
        }
        if whole["items"].is_object() {
            self.read(name, &whole["items"], place.below("*"), is_required);
        }
        for (field, schema) in whole["properties"].as_object().into_iter().flatten() {
            let required = whole["required"].as_array();
            let is_needed = required.is_some_and(|all| all.iter().any(|one| one == field));
            self.read(field, schema, place.below(field), is_required && is_needed);
        }
        let is_leaf = ["oneOf", "anyOf", "allOf", "items", "properties"]
            .iter()
            .all(|key| whole[key].is_null());
        if is_leaf
            && whole["type"] != "null"
            && let Some(kind) = kind(self.at, name, schema)
        {
            let slot = Slot {
                kind,
                place,
                is_required,
            };
            if !self.found.contains(&slot) {
                self.found.push(slot);
            }
        }
    }

    fn resolved(&self, schema: &Value) -> Option<&Value> {
        let pointer = schema["$ref"].as_str()?.strip_prefix('#')?;
        self.document.pointer(pointer)
    }
}

impl Place {
    fn below(&self, step: &str) -> Self {
        match self {
            Self::Query(name) => Self::Query(name.clone()),
            Self::Body(way) => {
                let mut way = way.clone();
                way.push(step.to_owned());
                Self::Body(way)
            }
        }
    }
}

impl Slot {
    /// Its name, and those of what it is in.
    pub fn name(&self) -> String {
        match &self.place {
            Place::Query(name) => name.clone(),
            Place::Body(way) => way.join("."),
        }
    }

    /// Whether it is the query parameter of this name.
    pub fn is_parameter(&self, name: &str) -> bool {
        matches!(&self.place, Place::Query(parameter) if parameter == name)
    }

    /// Whether several things can be named there.
    pub fn is_list(&self) -> bool {
        matches!(&self.place, Place::Body(way) if way.iter().any(|step| step == "*"))
    }

    /// Takes out of a body what an example has there.
    pub fn take_out(&self, body: &mut Value) {
        if let Place::Body(way) = &self.place {
            take_out(body, way);
        }
    }

    /// Names these there: one, or as many as a list is to have.
    pub fn put(&self, asked: &mut Asked, things: &[Value]) {
        match &self.place {
            Place::Query(name) => {
                let last = things.last().expect("a thing");
                let text = last.as_str().map(str::to_owned);
                let text = text.unwrap_or_else(|| last.to_string());
                asked.query.push((name.clone(), text));
            }
            Place::Body(way) => put(&mut asked.body, way, things),
        }
    }
}

fn take_out(body: &mut Value, way: &[String]) {
    let Some((first, rest)) = way.split_first() else {
        return;
    };
    match (body, rest) {
        (Value::Array(all), _) => all.iter_mut().for_each(|one| take_out(one, rest)),
        (Value::Object(fields), []) => drop(fields.remove(first)),
        // A list of nothing but numbers.
        (Value::Object(fields), [each]) if each == "*" => drop(fields.remove(first)),
        (Value::Object(fields), rest) => {
            if let Some(field) = fields.get_mut(first) {
                take_out(field, rest);
            }
        }
        _ => {}
    }
}

fn put(body: &mut Value, way: &[String], things: &[Value]) {
    match way.split_first() {
        None => *body = things.last().expect("a thing").clone(),
        Some((step, rest)) if step == "*" => {
            let each = things.iter().map(|thing| {
                let mut one = body[0].clone();
                put(&mut one, rest, std::slice::from_ref(thing));
                one
            });
            *body = each.collect();
        }
        Some((step, rest)) => put(&mut body[step], rest, things),
    }
}
