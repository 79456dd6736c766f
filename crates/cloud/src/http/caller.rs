//! Who calls, and what they must be allowed to do. An endpoint says so in its signature and so cannot forget it.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use handover_wire::{OrgId, Permission, UserId};

use super::error::ApiFailure;
use crate::domain::Acting;
use crate::secrets::Purpose;
use crate::service::Core;
use crate::service::claim::Claimer;
use crate::service::limits::Origin;
use crate::service::requests;

/// What a caller must be allowed to do.
pub trait Needs: Send + Sync + 'static {
    /// The permission; none for what everybody may who is signed in.
    const PERMISSION: Option<Permission>;
}

/// Anybody who is signed in.
pub struct SignedIn;

impl Needs for SignedIn {
    const PERMISSION: Option<Permission> = None;
}

macro_rules! needs {
    ($($name:ident),+ $(,)?) => {
        /// Those who have a permission, each by its name.
        pub mod may {
            use super::{Needs, Permission};
            $(
                #[doc = concat!("Those who have the permission `", stringify!($name), "`.")]
                pub struct $name;

                impl Needs for $name {
                    const PERMISSION: Option<Permission> = Some(Permission::$name);
                }
            )+
        }
    };
}

needs!(
    SeeBelow,
    ClaimForOthers,
    CreateDevices,
    TransferDevices,
    ShowSecrets,
    ManageTokens,
    ManageTemplates,
    ExportTokens,
    ViewPeople,
    InvitePeople,
    ManagePeople,
    ManageOrganizations,
    ManageMachines,
    ManageCloud,
    ViewAudit,
);

/// A caller with a good access token and the permission `N`.
pub struct Caller<N> {
    acting: Acting,
    /// The session that the token is of.
    pub session: i64,
    needs: PhantomData<N>,
}

impl<N> Deref for Caller<N> {
    type Target = Acting;

    fn deref(&self) -> &Acting {
        &self.acting
    }
}

impl<N> Caller<N> {
    /// Whether secrets are shown to this caller.
    pub fn sees_secrets(&self) -> bool {
        self.may(Permission::ShowSecrets)
    }

    /// The person, where it is one.
    pub fn user(&self) -> Option<UserId> {
        self.actor.user()
    }

    /// The person; a machine has no profile.
    pub fn person(&self) -> Result<UserId, ApiFailure> {
        self.user()
            .ok_or_else(|| ApiFailure::not_found("A machine's credentials have no profile."))
    }

    /// Lets only those of the topmost organization choose for the whole cloud.
    pub async fn at_the_top(&self, core: &Core) -> Result<(), ApiFailure> {
        let own = core.store.org(self.org).await?;
        match own {
            Some(own) if own.parent_organization_id.is_none() => Ok(()),
            _ => Err(ApiFailure::forbidden(
                "That is for administrators of the topmost organization.",
            )),
        }
    }

    /// The caller as somebody who claims.
    pub fn claimer(&self, origin: Origin) -> Claimer {
        Claimer {
            origin,
            actor: self.actor.clone(),
            user: self.user(),
            on_behalf: self.may(Permission::ClaimForOthers).then(|| self.reach()),
            org: self.org,
        }
    }

    /// The organization that a request names, the caller's own where it names none, if it is within reach.
    pub async fn org_in_reach(&self, core: &Core, org: Option<OrgId>) -> Result<OrgId, ApiFailure> {
        let org = org.unwrap_or(self.org);
        if org == self.org || core.store.reaches(self.reach(), org).await? {
            Ok(org)
        } else {
            Err(ApiFailure::no_such_org())
        }
    }
}

impl<N: Needs> FromRequestParts<Arc<Core>> for Caller<N> {
    type Rejection = ApiFailure;

    async fn from_request_parts(parts: &mut Parts, core: &Arc<Core>) -> Result<Self, ApiFailure> {
        let token = bearer(&parts.headers).ok_or_else(ApiFailure::unauthenticated)?;
        let digest = core.digest(Purpose::AccessToken, token);
        let found = core.store.caller(&digest, core.now()).await?;
        let found = found.ok_or_else(ApiFailure::unauthenticated)?;
        let acting = Acting {
            actor: found.actor,
            role: found.role,
            org: found.org,
        };
        requests::count(core, acting.org)
            .await
            .map_err(ApiFailure::too_many_requests)?;
        if N::PERMISSION.is_some_and(|permission| !acting.may(permission)) {
            return Err(ApiFailure::forbidden("Your role does not allow this."));
        }
        Ok(Self {
            acting,
            session: found.session,
            needs: PhantomData,
        })
    }
}

/// The access token that a request brings.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
