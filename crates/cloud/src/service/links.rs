//! Mailed links: drawn, kept as a digest, looked at, followed.

use handover_wire::{FollowLink, LinkInfo, LinkPurpose, Role, Secret, UserId, UserStatus};

use super::limits::{self, Counted, Origin};
use super::{Broken, Core, breaks, sign_up};
use crate::clock::Time;
use crate::domain::{
    Actor, EmailAddress, FieldError, LinkError, Locale, NewPassword, OrgName, PersonName,
    PersonStep, TooOften, WrongStatus, after, lifetime,
};
use crate::entropy;
use crate::mail::{Language, Letter};
use crate::secrets::{Digest, Purpose};
use crate::store::{Action, AuditRow, LinkRow, NewLink, StoreError, Write, change};

/// Why a link did nothing.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// There is no such link: mistyped, taken back, or a newer one was mailed.
    #[error("there is no such link")]
    Unknown,
    /// It is too old or was used.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The person was barred meanwhile, or is there already.
    #[error(transparent)]
    WrongStatus(#[from] WrongStatus),
    /// A field is not as it must be.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The name of their organization could be taken for the maker's.
    #[error("the organization's name is taken")]
    NameTaken,
    /// The maker no longer lets strangers sign up.
    #[error("nobody may sign up here")]
    NoSignUp,
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(FollowError);

/// Why no link was mailed.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Too many were.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

impl<E> From<E> for MailError
where
    Broken: From<E>,
{
    fn from(error: E) -> Self {
        Self::Broken(error.into())
    }
}

/// What whoever asks for mails has left of them: from where they are, for this address.
pub fn own_limits(core: &Core, origin: Origin, email: &EmailAddress) -> [Counted; 2] {
    limits::own(limits::mail(core, origin, email.as_str()))
}

/// Counts a mail that somebody who is not signed in wants, whoever has the address.
pub async fn count_mail(
    core: &Core,
    origin: Origin,
    email: &EmailAddress,
) -> Result<(), MailError> {
    let now = core.now();
    let counted = limits::mail(core, origin, email.as_str());
    change!(core.store, |write| limits::take(write, &counted, now).await)??;
    Ok(())
}

/// A link that was drawn and is not kept yet.
pub struct Drawn {
    code: Secret,
    digest: Digest,
}

impl Drawn {
    /// The link as it is mailed. The secret is in the fragment, which no browser sends and no log has.
    pub fn url(&self, core: &Core) -> Secret {
        let base = core.address.get().map(url::Url::as_str).unwrap_or_default();
        let base = base.trim_end_matches('/');
        Secret::new(format!("{base}/link#{}", self.code.expose()))
    }
}

/// Draws a link.
pub fn draw(core: &Core) -> Drawn {
    let code = Secret::new(entropy::token32(core.entropy.as_ref()));
    let digest = core.digest(Purpose::OneTimeLink, code.expose());
    Drawn { code, digest }
}

/// Whom a link is for, and what.
pub struct For<'a> {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whose it is; none for the sign-up of somebody who is not there yet.
    pub user: Option<UserId>,
    /// The one address that it works for.
    pub email: &'a EmailAddress,
    /// The language of the mail.
    pub locale: &'a str,
    /// The label that goes along, sealed.
    pub label: Option<&'a [u8]>,
}

impl<'a> For<'a> {
    fn kept_as(self, link: &'a Drawn, expires: Time) -> NewLink<'a> {
        NewLink {
            digest: &link.digest,
            purpose: self.purpose,
            user: self.user,
            email: self.email,
            locale: self.locale,
            expires,
            label: self.label,
        }
    }
}

/// Keeps a link in place of earlier ones of its kind. Gives when it ends.
pub async fn keep(
    write: &mut Write,
    link: &Drawn,
    whom: For<'_>,
    now: Time,
) -> Result<Time, StoreError> {
    let expires = now.plus_seconds(lifetime(whom.purpose));
    write.replace_link(whom.kept_as(link, expires), now).await?;
    Ok(expires)
}

/// Keeps a link beside earlier ones of its kind, for no longer than those: whoever asks for a mail in somebody else's name
/// neither ends nor prolongs what was mailed before. Gives when it ends.
pub async fn keep_beside(
    write: &mut Write,
    link: &Drawn,
    whom: For<'_>,
    now: Time,
) -> Result<Time, StoreError> {
    let end = write.links_end(whom.purpose, whom.email.as_str(), now);
    let expires = end.await?;
    let expires = expires.unwrap_or_else(|| now.plus_seconds(lifetime(whom.purpose)));
    write.add_link(whom.kept_as(link, expires), now).await?;
    Ok(expires)
}

/// What a link is for, without using it.
pub async fn look(core: &Core, code: &Secret) -> Result<LinkInfo, FollowError> {
    let digest = core.digest(Purpose::OneTimeLink, code.expose());
    let found = core.store.link(&digest).await?;
    let found = found.ok_or(FollowError::Unknown)?;
    let expires = found.state.open(core.now())?;
    let person = match found.user {
        Some(id) => core.store.user(id).await?,
        None => None,
    };
    let invited = found.purpose == LinkPurpose::Invitation;
    let organization = match person.as_ref().filter(|_| invited) {
        Some(person) => core.store.org(person.org_id).await?.map(|org| org.name),
        None => None,
    };
    let label = found.label.as_deref();
    let label = label.map(|sealed| core.keys.open(Purpose::HeldLabel, sealed));
    Ok(LinkInfo {
        purpose: found.purpose,
        email: found.email,
        name: person.map(|person| person.name).unwrap_or_default(),
        organization,
        expires_at: expires.0,
        label: label.transpose()?,
    })
}

/// What somebody chose on following a link, checked.
struct Chosen {
    name: Option<PersonName>,
    organization: Option<OrgName>,
    locale: Option<Locale>,
    password_hash: Secret,
}

/// Does what a link is for, once.
pub async fn follow(core: &Core, request: FollowLink) -> Result<(), FollowError> {
    let digest = core.digest(Purpose::OneTimeLink, request.code.expose());
    // Looked at before anything costly is done for a stranger, and again when it is used.
    let link = look(core, &request.code).await?;
    let chosen = check(core, request, &link.email).await?;
    let now = core.now();
    change!(core.store, |write| {
        let link = write.link(&digest).await?.ok_or(FollowError::Unknown)?;
        link.state.open(now)?;
        write.use_link(&link, now).await?;
        match link.purpose {
            LinkPurpose::Invitation => accept(write, &link, &chosen, now).await,
            LinkPurpose::PasswordReset => reset(core, write, &link, &chosen, now).await,
            LinkPurpose::SignUp => begin(write, &link, &chosen, now).await,
        }
    })
}

async fn check(core: &Core, request: FollowLink, email: &str) -> Result<Chosen, FollowError> {
    let name = request.name.as_deref().map(PersonName::parse).transpose()?;
    let organization = request.organization.as_deref();
    let organization = organization
        .map(|name| OrgName::parse(name, "organization"))
        .transpose()?;
    let locale = request.locale.as_deref().map(Locale::parse).transpose()?;
    let password = NewPassword::parse(request.password, email)?;
    let password_hash = core
        .passwords
        .hash(password.secret(), core.entropy.as_ref())
        .await?;
    Ok(Chosen {
        name,
        organization,
        locale,
        password_hash,
    })
}

/// Makes whoever was invited one of the organization's people.
async fn accept(
    write: &mut Write,
    link: &LinkRow,
    chosen: &Chosen,
    now: Time,
) -> Result<(), FollowError> {
    // Not dropped without a word: it would be looked for later.
    if chosen.organization.is_some() {
        return Err(FieldError {
            field: "organization",
            must: "absent: whoever is invited joins the organization that invites them",
        }
        .into());
    }
    let id = link.user.ok_or(FollowError::Unknown)?;
    let user = write.person(id).await?.ok_or(FollowError::Unknown)?;
    let status = after(user.status, PersonStep::Accept)?;
    let name = chosen.name.as_ref().map_or(&*user.name, PersonName::as_str);
    let locale = chosen.locale.as_ref().map_or(&*user.locale, Locale::as_str);
    write.set_profile(&user, name, locale).await?;
    write.set_password(id, &chosen.password_hash).await?;
    write.set_status(id, status).await?;
    let actor = Actor::User(id);
    let row = AuditRow::by(&actor, Action::AcceptInvitation, user.org_id, now);
    write.audit(row.user(id)).await?;
    Ok(())
}

/// Gives whoever forgot their password the one that they chose; all their sessions end.
async fn reset(
    core: &Core,
    write: &mut Write,
    link: &LinkRow,
    chosen: &Chosen,
    now: Time,
) -> Result<(), FollowError> {
    let id = link.user.ok_or(FollowError::Unknown)?;
    let user = write.person(id).await?.ok_or(FollowError::Unknown)?;
    if user.status != UserStatus::Active {
        return Err(WrongStatus(user.status).into());
    }
    write.set_password(id, &chosen.password_hash).await?;
    write.revoke_sessions_of(id, None, now).await?;
    let actor = Actor::User(id);
    let row = AuditRow::by(&actor, Action::ChangePassword, user.org_id, now);
    write
        .audit(row.user(id).detail("by mail".to_owned()))
        .await?;
    let email = EmailAddress::parse(&user.email)?;
    let language = Language::from_tag(&user.locale);
    write
        .queue_letter(core, &email, language, &Letter::PasswordChanged)
        .await?;
    Ok(())
}

/// Begins the account of whoever signed up.
async fn begin(
    write: &mut Write,
    link: &LinkRow,
    chosen: &Chosen,
    now: Time,
) -> Result<(), FollowError> {
    let name = chosen.name.as_ref().ok_or(FieldError {
        field: "name",
        must: "1 to 100 characters",
    })?;
    let email = EmailAddress::parse(&link.email)?;
    let account = sign_up::Account {
        email: &email,
        name,
        organization: chosen.organization.as_ref(),
        locale: chosen.locale.as_ref().map_or(&*link.locale, Locale::as_str),
        password_hash: &chosen.password_hash,
        role: Role::User,
    };
    sign_up::begin(write, account, now).await
}
