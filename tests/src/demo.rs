//! What `handover cloud --demo` writes into its folder.

use std::io;
use std::path::Path;

use handover_wire::{OrgId, Role, TokenStatus};
use serde::Deserialize;

/// `DIR/demo.json`.
#[derive(Deserialize)]
pub struct Demo {
    /// Who can sign in.
    pub users: Vec<DemoUser>,
    /// The static tokens.
    pub tokens: Vec<DemoToken>,
}

/// One of the people.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoUser {
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// What they may do.
    pub role: Role,
    /// Where they belong.
    pub org_id: OrgId,
}

/// One of the static tokens.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoToken {
    /// The device's credential.
    pub auth_token: String,
    /// What its label says.
    pub qr_token: String,
    /// Which kind of device.
    pub template_id: String,
    /// Whether it was claimed from the start.
    pub status: TokenStatus,
}

impl Demo {
    /// Reads it from the cloud's folder.
    ///
    /// # Errors
    /// Where it is not there or not of this shape.
    pub fn read(data: &Path) -> io::Result<Self> {
        Ok(serde_json::from_slice(&std::fs::read(
            data.join("demo.json"),
        )?)?)
    }

    /// What the labels of unclaimed devices say.
    pub fn unclaimed_labels(&self) -> Vec<String> {
        let unclaimed = self
            .tokens
            .iter()
            .filter(|token| token.status == TokenStatus::Unclaimed);
        unclaimed.map(|token| token.qr_token.clone()).collect()
    }

    /// The first user of that role.
    pub fn user(&self, role: Role) -> Option<&DemoUser> {
        self.users.iter().find(|user| user.role == role)
    }
}
