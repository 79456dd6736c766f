//! The first start: a link that works once makes the administrator.

use handover_wire::{Role, Secret, SetupRequest};

use super::{Broken, Core, breaks};
use crate::domain::{Actor, EmailAddress, FieldError, Locale, NewPassword, OrgName, PersonName};
use crate::entropy;
use crate::secrets::Purpose;
use crate::store::{Action, AuditRow, NewOrg, NewUser, change};

/// Why nobody was set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A field is not as it must be.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The link was used before or is not the newest.
    #[error("the set-up link was used before or is not the newest")]
    LinkInvalid,
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(SetupError);

/// Issues the code of a new link; older ones stop working.
pub async fn issue_code(core: &Core) -> Result<Secret, Broken> {
    let code = Secret::new(entropy::token32(core.entropy.as_ref()));
    let digest = core.digest(Purpose::SetupCode, code.expose());
    let now = core.now();
    change!(core.store, |write| write
        .replace_setup_code(&digest, now)
        .await)?;
    Ok(code)
}

/// Makes the maker's organization and its administrator.
pub async fn set_up(core: &Core, request: SetupRequest) -> Result<(), SetupError> {
    let digest = core.digest(Purpose::SetupCode, request.code.expose());
    // Looked at before anything costly is done for a stranger, and spent at the end.
    if core.store.has_orgs().await? || !core.store.has_setup_code(&digest).await? {
        return Err(SetupError::LinkInvalid);
    }
    let org_name = OrgName::parse(&request.organization, "organization")?;
    let email = EmailAddress::parse(&request.email)?;
    let name = PersonName::parse(&request.name)?;
    let password = NewPassword::parse(request.password, email.as_str())?;
    let locale = Locale::parse(request.locale.as_deref().unwrap_or("en"))?;
    let password_hash = core
        .passwords
        .hash(password.secret(), core.entropy.as_ref())
        .await?;
    let now = core.now();
    change!(core.store, |write| {
        if write.has_orgs().await? || !write.spend_setup_code(&digest).await? {
            return Err(SetupError::LinkInvalid);
        }
        let org = NewOrg {
            name: &org_name,
            description: None,
            parent: None,
            tz: "UTC",
        };
        let org = write.insert_org(org, now).await?;
        let user = NewUser {
            email: &email,
            name: &name,
            role: Role::Admin,
            org,
            locale: locale.as_str(),
            password_hash: Some(&password_hash),
        };
        let user = write.insert_user(user, now).await?;
        write
            .audit(AuditRow {
                at: now,
                actor: &Actor::User(user),
                action: Action::SetUp,
                org,
                device: None,
                user: Some(user),
                detail: None,
                reason: None,
            })
            .await?;
        Ok(())
    })
}
