//! Strangers who want an account, where the maker allows it.

use std::sync::Arc;

use handover_wire::{LinkPurpose, Role, Secret, UserStatus};

use super::limits::Origin;
use super::links::{self, FollowError, For, MailError};
use super::{Broken, Core, people, settings};
use crate::clock::Time;
use crate::domain::{Actor, EmailAddress, FieldError, Locale, OrgName, PersonName, WrongStatus};
use crate::mail::{Language, Letter};
use crate::secrets::Purpose;
use crate::store::{Action, AuditRow, NewOrg, NewUser, StoreError, Write, change};

/// The organization that those who sign up are put below.
const CLIENTS: &str = "Clients";

/// Characters of a label that goes along with a sign-up, at the most: a link with a token has far fewer.
const MOST_LABEL: usize = 1_000;

/// What a label says that somebody has in hand who asks for an account. It is kept for them and nothing else: what it is, and
/// whether it claims, is asked once they are there and claim it.
pub struct HeldLabel(Secret);

impl HeldLabel {
    /// Checks how much it is; none where it is empty.
    pub fn parse(text: Option<Secret>) -> Result<Option<Self>, FieldError> {
        let text = text.filter(|text| !text.expose().trim().is_empty());
        match text {
            Some(text) if text.expose().chars().count() > MOST_LABEL => Err(FieldError {
                field: "label",
                must: "1,000 characters at the most",
            }),
            text => Ok(text.map(Self)),
        }
    }
}

/// Sends the link that begins an account, or tells the one who has an account that they do. Whoever asks learns nothing:
/// the work is done after the answer, so that neither its outcome nor its time says who has an account.
pub async fn register(
    core: &Arc<Core>,
    origin: Origin,
    email: EmailAddress,
    locale: Locale,
    label: Option<HeldLabel>,
) -> Result<(), MailError> {
    links::count_mail(core, origin, &email).await?;
    let core = core.clone();
    tokio::spawn(async move {
        if let Err(error) = send_sign_up(&core, &email, &locale, label).await {
            tracing::error!(%error, "a sign-up's mail could not be queued");
        }
    });
    Ok(())
}

async fn send_sign_up(
    core: &Core,
    email: &EmailAddress,
    locale: &Locale,
    label: Option<HeldLabel>,
) -> Result<(), Broken> {
    let label = label.map(|label| core.seal(Purpose::HeldLabel, label.0.expose()));
    let label = label.as_deref();
    let link = links::draw(core);
    let now = core.now();
    change!(core.store, |write| {
        if !settings::sign_up(write).await? {
            return Ok(());
        }
        let letter = match write.user_of_email(email).await? {
            // Whoever was barred stays so.
            Some(user) if user.status == UserStatus::Suspended => return Ok(()),
            Some(user) if user.status == UserStatus::Pending => {
                let asked = (&user, people::AskedBy::SignUp);
                return people::remind(core, write, (&link, label), asked, now).await;
            }
            Some(_) => Letter::AlreadyHasAccount {
                link: Secret::new(sign_in_url(core)),
            },
            None => {
                // Anybody can ask in anybody's name: what was on its way goes along with the newest link.
                let kept = match label {
                    Some(_) => None,
                    None => write.label_on_its_way(email.as_str(), now).await?,
                };
                let whom = For {
                    purpose: LinkPurpose::SignUp,
                    user: None,
                    email,
                    locale: locale.as_str(),
                    label: label.or(kept.as_deref()),
                };
                Letter::Verify {
                    until: links::keep(write, &link, whom, now).await?,
                    link: link.url(core),
                }
            }
        };
        let language = Language::from_tag(locale.as_str());
        write.queue_letter(core, email, language, &letter).await?;
        Ok::<(), Broken>(())
    })
}

/// Where one signs in.
pub(super) fn sign_in_url(core: &Core) -> String {
    core.address
        .get()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// An account that begins.
pub struct Account<'a> {
    /// What its owner signs in with; they have read a mail there.
    pub email: &'a EmailAddress,
    /// What to call them.
    pub name: &'a PersonName,
    /// What to call their organization; after them where absent.
    pub organization: Option<&'a OrgName>,
    /// Their language.
    pub locale: &'a str,
    /// The hash of their password.
    pub password_hash: &'a Secret,
    /// What they may do.
    pub role: Role,
}

/// Makes an organization of somebody's own below "Clients", and them in it.
pub async fn begin(write: &mut Write, account: Account<'_>, now: Time) -> Result<(), FollowError> {
    if !settings::sign_up(write).await? {
        return Err(FollowError::NoSignUp);
    }
    match write.user_of_email(account.email).await? {
        // Whoever was invited meanwhile has a newer mail, with another link.
        Some(there) if there.status == UserStatus::Pending => return Err(FollowError::Unknown),
        Some(there) => return Err(WrongStatus(there.status).into()),
        None => {}
    }
    let clients = clients(write, now).await?;
    let name = match account.organization {
        Some(name) => name.clone(),
        None => named_after(account.name)?,
    };
    // Whom this cloud belongs to is no secret, and nobody is to pass for them.
    let mut above = write.names_above(clients).await?;
    above.push(write.org_name(clients).await?);
    if above.iter().any(|other| name.passes_for(other)) {
        return Err(FollowError::NameTaken);
    }
    // Whoever signs up must not learn which names there are, so one that is taken is no reason to refuse.
    let taken = write.org_names_like(clients, &name).await?;
    let name = name.beside(&taken);
    let org = NewOrg {
        name: &name,
        description: None,
        parent: Some(clients),
        tz: "UTC",
    };
    let org = write.insert_org(org, now).await?;
    let user = NewUser {
        email: account.email,
        name: account.name,
        role: account.role,
        org,
        locale: account.locale,
        password_hash: Some(account.password_hash),
    };
    let user = write.insert_user(user, now).await?;
    let actor = Actor::User(user);
    let row = AuditRow::by(&actor, Action::SignUp, org, now);
    write.audit(row.user(user)).await?;
    Ok(())
}

/// The organization "Clients", made for the first who signs up. It is known by its number: were it known by its name, a
/// client who takes that name would have everybody who signs up below them.
async fn clients(write: &mut Write, now: Time) -> Result<handover_wire::OrgId, FollowError> {
    if let Some(kept) = settings::clients(write).await?
        && write.is_open(kept).await?
    {
        return Ok(kept);
    }
    let name = OrgName::parse(CLIENTS, "name")?;
    let topmost = write.topmost_org().await?;
    let topmost = topmost.ok_or(StoreError::Corrupt("a link where there is no organization"))?;
    let new = NewOrg {
        name: &name,
        description: None,
        parent: Some(topmost),
        tz: "UTC",
    };
    let made = write.insert_org(new, now).await?;
    settings::keep_clients(write, made).await?;
    Ok(made)
}

/// A name of two characters is no name for an organization, so it is said twice what it stands for.
fn named_after(name: &PersonName) -> Result<OrgName, FieldError> {
    OrgName::parse(name.as_str(), "organization")
        .or_else(|_| OrgName::parse(&format!("{0} ({0})", name.as_str()), "organization"))
}
