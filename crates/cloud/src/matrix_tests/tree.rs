//! A tree of organizations, and those in its middle who ask.

use std::cell::Cell;

use handover_wire::Role;
use serde_json::{Value, json};

use super::branch::{Branch, number};
use super::things::{Kind, Where};
use crate::testing::{Person, Site};

/// Somebody who asks.
pub struct Caller<'a> {
    pub role: Role,
    pub person: Person<'a>,
    email: &'static str,
}

/// Parent, own and child are one below the other; beside stands beside own.
pub struct Tree<'a> {
    site: &'a Site,
    pub parent: Branch<'a>,
    pub own: Branch<'a>,
    pub child: Branch<'a>,
    pub beside: Branch<'a>,
    pub callers: Vec<Caller<'a>>,
    names: Cell<u32>,
}

const CALLERS: [(Role, &str); 3] = [
    (Role::Admin, "admin@own.example"),
    (Role::Staff, "staff@own.example"),
    (Role::User, "user@own.example"),
];

impl<'a> Tree<'a> {
    pub async fn new(site: &'a Site) -> Self {
        let top = site.sign_in(Role::Admin).await;
        let me = top.get("/me").await.json();
        let make = async |name: &str, above: Option<i64>| {
            let asked = json!({ "name": name, "parentOrganizationId": above });
            let made = top.post("/create", asked).await.json();
            let org = number(&made["id"]);
            let email = format!("second@{}.example", name.to_lowercase());
            let admin = site.member(org, &email, Role::Admin).await.0;
            Branch::new(site, admin, org).await
        };
        let own = make("Own", None).await;
        let child = make("Child", Some(own.org)).await;
        let beside = make("Beside", None).await;
        let mut callers = Vec::new();
        for (role, email) in CALLERS {
            let (person, _) = site.member(own.org, email, role).await;
            callers.push(Caller {
                role,
                person,
                email,
            });
        }
        Self {
            parent: Branch::new(site, top, number(&me["organization"]["id"])).await,
            site,
            own,
            child,
            beside,
            callers,
            names: Cell::new(0),
        }
    }

    pub fn branch(&self, place: Where) -> &Branch<'a> {
        match place {
            Where::Mine | Where::Own => &self.own,
            Where::Child => &self.child,
            Where::Parent => &self.parent,
            Where::Beside => &self.beside,
        }
    }

    /// A thing there that nothing has happened to.
    pub async fn fresh(&self, caller: &Caller<'_>, place: Where, kind: Kind) -> Value {
        match (place, kind) {
            (Where::Child, Kind::Org) => {
                let asked =
                    json!({ "name": self.name("Below"), "parentOrganizationId": self.own.org });
                self.own.post("/create", asked).await["id"].clone()
            }
            (Where::Mine, Kind::Session) => {
                let again = self.site.sign_in_as(caller.email, "correct horse").await;
                let again = again.expect("they have that password");
                let sessions = again.get("/sessions").await.json();
                let mut sessions = sessions.as_array().expect("a list").iter();
                let this = sessions.find(|session| session["current"] == true);
                this.expect("their own")["id"].clone()
            }
            (Where::Mine, Kind::File) => {
                let device = self.own.claimed(kind, Some(&caller.person)).await;
                self.own.file(&device).await
            }
            (Where::Mine, kind) => self.own.claimed(kind, Some(&caller.person)).await,
            _ => self.branch(place).fresh(kind).await,
        }
    }

    /// A name that nothing has.
    pub fn name(&self, first: &str) -> String {
        self.names.set(self.names.get() + 1);
        format!("{first} {}", self.names.get())
    }
}
