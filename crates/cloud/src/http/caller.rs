//! Who calls, and what they must be at least. An endpoint says so in its signature and so cannot forget it.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use handover_wire::{OrgId, Role, UserId};

use super::error::ApiFailure;
use crate::domain::{Actor, Reach};
use crate::secrets::Purpose;
use crate::service::Core;
use crate::service::claim::Claimer;

/// The least that a caller must be.
pub trait AtLeast: Send + Sync + 'static {
    /// The role. Roles are ordered: Admin may all that Staff may, Staff all that User may.
    const ROLE: Role;
}

/// Anybody who is signed in.
pub struct AnyRole;
/// Support, or an administrator.
pub struct Staff;
/// An administrator.
pub struct Admin;

impl AtLeast for AnyRole {
    const ROLE: Role = Role::User;
}
impl AtLeast for Staff {
    const ROLE: Role = Role::Staff;
}
impl AtLeast for Admin {
    const ROLE: Role = Role::Admin;
}

/// A caller with a good access token and at least the role `L`.
pub struct Caller<L> {
    /// Who acts.
    pub actor: Actor,
    /// What they may do.
    pub role: Role,
    /// Where they belong.
    pub org: OrgId,
    least: PhantomData<L>,
}

impl<L> Caller<L> {
    /// How far the caller sees.
    pub fn reach(&self) -> Reach {
        Reach::of(self.role, self.org)
    }

    /// Whether secrets are shown to this caller: support and administrators.
    pub fn sees_secrets(&self) -> bool {
        self.role <= Role::Staff
    }

    /// The person, where it is one.
    pub fn user(&self) -> Option<UserId> {
        match self.actor {
            Actor::User(id) => Some(id),
            Actor::Client(_) => None,
        }
    }

    /// The person; a machine has no profile.
    pub fn person(&self) -> Result<UserId, ApiFailure> {
        self.user()
            .ok_or_else(|| ApiFailure::not_found("A machine's credentials have no profile."))
    }

    /// The caller as somebody who claims.
    pub fn claimer(&self) -> Claimer {
        Claimer {
            actor: self.actor.clone(),
            user: self.user(),
            on_behalf: (self.role <= Role::Staff).then(|| self.reach()),
            org: self.org,
        }
    }

    /// The organization that a request names, the caller's own where it names none, if it is within reach.
    pub async fn org_in_reach(&self, core: &Core, org: Option<OrgId>) -> Result<OrgId, ApiFailure> {
        let org = org.unwrap_or(self.org);
        if org == self.org || core.store.reaches(self.reach(), org).await? {
            Ok(org)
        } else {
            Err(ApiFailure::not_found(
                "Organization is not found or you don't have access to it.",
            ))
        }
    }
}

impl<L: AtLeast> FromRequestParts<Arc<Core>> for Caller<L> {
    type Rejection = ApiFailure;

    async fn from_request_parts(parts: &mut Parts, core: &Arc<Core>) -> Result<Self, ApiFailure> {
        let token = bearer(parts).ok_or_else(ApiFailure::unauthenticated)?;
        let digest = core.digest(Purpose::AccessToken, token);
        let found = core.store.caller(&digest, core.now()).await?;
        let found = found.ok_or_else(ApiFailure::unauthenticated)?;
        if found.role > L::ROLE {
            return Err(ApiFailure::forbidden("Your role does not allow this."));
        }
        Ok(Self {
            actor: found.actor,
            role: found.role,
            org: found.org,
            least: PhantomData,
        })
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
