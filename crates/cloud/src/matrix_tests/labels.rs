//! Labels that nobody has used, made some at a time.

use std::cell::RefCell;

use serde_json::{Value, json};

use crate::testing::Person;

/// How many are made at a time.
const AT_A_TIME: usize = 50;

/// Labels of one organization and template.
pub struct Labels {
    org: i64,
    template: String,
    /// Their numbers.
    numbers: RefCell<Vec<Value>>,
    /// What claims others.
    texts: RefCell<Vec<Value>>,
}

impl Labels {
    pub fn of(org: i64, template: &str) -> Self {
        Self {
            org,
            template: template.to_owned(),
            numbers: RefCell::default(),
            texts: RefCell::default(),
        }
    }

    /// The number of one.
    pub async fn number(&self, admin: &Person<'_>) -> Value {
        if self.numbers.borrow().is_empty() {
            let batch = json!({
                "orgId": self.org, "templateId": self.template, "name": "Labels", "count": AT_A_TIME
            });
            let batch = admin.made_batch(batch).await;
            let found = format!("/static-tokens/find?batchId={batch}&size=1000");
            let found = admin.get(&found).await.json();
            self.numbers.replace(all(&found, "id"));
        }
        self.numbers.borrow_mut().pop().expect("they were made")
    }

    /// What claims one.
    pub async fn text(&self, admin: &Person<'_>) -> String {
        if self.texts.borrow().is_empty() {
            let ask = json!({ "orgId": self.org, "templateId": self.template, "count": AT_A_TIME });
            let made = admin.post("/static-tokens/generate", ask).await.json();
            self.texts.replace(all(&made, "token"));
        }
        let text = self.texts.borrow_mut().pop().expect("they were made");
        text.as_str().expect("a text").to_owned()
    }
}

fn all(page: &Value, field: &str) -> Vec<Value> {
    let content = page["content"].as_array().expect("a list");
    content.iter().map(|one| one[field].clone()).collect()
}
