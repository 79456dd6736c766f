//! The people of an organization: inviting, roles, suspending, leaving.

use handover_wire::{EditProfile, InviteUser, LinkPurpose, Role, Secret, User, UserId, UserStatus};

use super::limits::{self, Counted};
use super::{Broken, Core, breaks, links, sign_up};
use crate::clock::Time;
use crate::domain::{
    Acting, Actor, EmailAddress, FieldError, Locale, PersonName, PersonStep, Reach, TooOften,
    WrongStatus, after, may_give,
};
use crate::mail::{Invite, Language, Letter};
use crate::store::{Action, AuditRow, NewUser, StoreError, Write, change};

/// Why a person is as they were.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// A field is not as it must be.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// There is no such organization within reach.
    #[error("there is no such organization within reach")]
    NoSuchOrg,
    /// There is no such person within reach.
    #[error("there is no such person within reach")]
    NoSuchUser,
    /// Somebody within reach has this address.
    #[error("the address is in use")]
    EmailInUse,
    /// Nobody gives or takes a role above their own.
    #[error("the role is above the caller's own")]
    RoleTooHigh,
    /// Somebody else has to do it.
    #[error("that is for somebody else to do")]
    NotYourself,
    /// It does not happen to somebody of this status.
    #[error(transparent)]
    WrongStatus(#[from] WrongStatus),
    /// Too many invitations.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// They own devices still.
    #[error("they own {0} devices still")]
    OwnsDevices(i64),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(PeopleError);

/// What whoever invites this address has left of invitations; none where it is no address.
pub fn own_limits(core: &Core, acting: &Acting, email: &str) -> Vec<Counted> {
    let email = EmailAddress::parse(email).ok();
    let counted = email.map(|email| {
        limits::own(limits::invitation(
            core,
            &acting.actor.to_string(),
            email.as_str(),
        ))
    });
    counted.into_iter().flatten().collect()
}

/// The same of whoever mails an invitation once more; none where there is no such person within reach.
pub async fn own_limits_of(
    core: &Core,
    acting: &Acting,
    id: UserId,
) -> Result<Vec<Counted>, PeopleError> {
    let found = core.store.user_within(acting.reach(), id).await?;
    let own = found.map(|user| own_limits(core, acting, &user.email));
    Ok(own.unwrap_or_default())
}

/// Invites somebody: they are there as pending, and have a mail with a link.
///
/// Who belongs to an organization out of reach is none of the inviter's business: the answer is the same, and so is what becomes
/// of the invitation that nobody follows. Whoever has the address is told who asks for them.
pub async fn invite(
    core: &Core,
    acting: &Acting,
    request: &InviteUser,
) -> Result<User, PeopleError> {
    let email = EmailAddress::parse(&request.email)?;
    let name = PersonName::parse(&request.name)?;
    let locale = request.locale.as_deref().map(Locale::parse).transpose()?;
    if !may_give(acting.role, request.role_id) {
        return Err(PeopleError::RoleTooHigh);
    }
    let org = request.org_id.unwrap_or(acting.org);
    let counted = limits::invitation(core, &acting.actor.to_string(), email.as_str());
    let link = links::draw(core);
    let now = core.now();
    // Counted in a change of its own: who is told that an address is in use has learnt something as well.
    change!(core.store, |write| limits::take(write, &counted, now).await)??;
    change!(core.store, |write| {
        let into = write.org(acting.reach(), org).await?;
        let into = into.ok_or(PeopleError::NoSuchOrg)?;
        if write.is_known(acting.reach(), &email).await? {
            return Err(PeopleError::EmailInUse);
        }
        let by = write.name_of(&acting.actor).await?;
        let own = language_of(write, &acting.actor).await?;
        let locale = locale.as_ref().map_or(&*own, Locale::as_str);
        let user = NewUser {
            email: &email,
            name: &name,
            role: request.role_id,
            org,
            locale,
            password_hash: None,
        };
        let user = match write.user_of_email(&email).await? {
            None => write.insert_user(user, now).await?,
            Some(_) => write.insert_aside(user, now).await?,
        };
        let invitation = Invitation {
            user,
            email: &email,
            locale,
            organization: &into.name,
            by: &by,
            asked_by: AskedBy::Organization,
            label: None,
        };
        mail_invitation(core, write, &link, invitation, now).await?;
        let row = AuditRow::about(acting, Action::Invite, org, now);
        write.audit(row.user(user)).await?;
        let user = write.user(acting.reach(), user).await?;
        user.ok_or_else(|| StoreError::Corrupt("a new person is out of reach").into())
    })
}

/// Mails an invitation once more; the link of the mail before stops working.
pub async fn resend(core: &Core, acting: &Acting, id: UserId) -> Result<(), PeopleError> {
    let link = links::draw(core);
    let now = core.now();
    change!(core.store, |write| {
        let user = within_rights(write, acting, id).await?;
        if user.status != UserStatus::Pending {
            return Err(WrongStatus(user.status).into());
        }
        let organization = write.org(acting.reach(), user.org_id).await?;
        let organization = organization.ok_or(PeopleError::NoSuchOrg)?;
        let by = write.name_of(&acting.actor).await?;
        let email = EmailAddress::parse(&user.email)?;
        let counted = limits::invitation(core, &acting.actor.to_string(), email.as_str());
        limits::take(write, &counted, now).await??;
        let invitation = Invitation {
            user: id,
            email: &email,
            locale: &user.locale,
            organization: &organization.name,
            by: &by,
            asked_by: AskedBy::Organization,
            label: None,
        };
        mail_invitation(core, write, &link, invitation, now).await?;
        let row = AuditRow::about(acting, Action::Invite, user.org_id, now);
        write.audit(row.user(id).detail("again".to_owned())).await?;
        Ok(())
    })
}

/// Mails an invitation once more to somebody who asks for a mail at the sign-in: that they were invited is what they need to
/// know, and without a password there is nothing else for them. Who wanted an account of their own is told why there is none. A
/// label that they had in hand goes along.
pub(super) async fn remind(
    core: &Core,
    write: &mut Write,
    (link, label): (&links::Drawn, Option<&[u8]>),
    (invited, asked_by): (&User, AskedBy),
    now: Time,
) -> Result<(), Broken> {
    let organization = write
        .org(Reach::only(invited.org_id), invited.org_id)
        .await?;
    let organization = organization.ok_or(StoreError::Corrupt("somebody is in no organization"))?;
    let by = write.inviter(invited.id).await?;
    let by = match by.as_deref().and_then(Actor::parse) {
        Some(actor) => write.name_of(&actor).await?,
        None => organization.name.clone(),
    };
    let email = EmailAddress::parse(&invited.email);
    let email = email.map_err(|_| StoreError::Corrupt("somebody's address is none"))?;
    let invitation = Invitation {
        user: invited.id,
        email: &email,
        locale: &invited.locale,
        organization: &organization.name,
        by: &by,
        asked_by,
        label,
    };
    send_invitation(core, write, link, invitation, now).await
}

/// Gives somebody another role.
pub async fn change_role(
    core: &Core,
    acting: &Acting,
    id: UserId,
    role: Role,
) -> Result<(), PeopleError> {
    if !may_give(acting.role, role) {
        return Err(PeopleError::RoleTooHigh);
    }
    let now = core.now();
    change!(core.store, |write| {
        let user = within_rights(write, acting, id).await?;
        write.set_role(id, role).await?;
        let row = AuditRow::about(acting, Action::ChangeRole, user.org_id, now);
        let (before, after) = (user.role_id.number(), role.number());
        write
            .audit(row.user(id).detail(format!("{before} to {after}")))
            .await?;
        Ok(())
    })
}

/// Suspends somebody, lets them in again, or takes them out. Their sessions and mailed links end.
pub async fn take_step(
    core: &Core,
    acting: &Acting,
    id: UserId,
    step: PersonStep,
) -> Result<(), PeopleError> {
    let now = core.now();
    change!(core.store, |write| {
        let user = within_rights(write, acting, id).await?;
        let status = after(user.status, step)?;
        if step == PersonStep::Remove {
            remove(write, id).await?;
        } else {
            write.set_status(id, status).await?;
        }
        write.drop_links_of(id).await?;
        write.revoke_sessions_of(id, None, now).await?;
        let action = match step {
            PersonStep::Accept => Action::AcceptInvitation,
            PersonStep::Suspend => Action::Suspend,
            PersonStep::Restore => Action::Restore,
            PersonStep::Remove => Action::RemoveUser,
        };
        let row = AuditRow::about(acting, action, user.org_id, now);
        write.audit(row.user(id)).await?;
        Ok(())
    })
}

async fn remove(write: &mut Write, id: UserId) -> Result<(), PeopleError> {
    match write.devices_of(id).await? {
        0 => Ok(write.forget_user(id).await?),
        devices => Err(PeopleError::OwnsDevices(devices)),
    }
}

/// Changes what the caller is called, and their language.
pub async fn edit_profile(
    core: &Core,
    id: UserId,
    request: &EditProfile,
) -> Result<User, PeopleError> {
    let name = request.name.as_deref().map(PersonName::parse).transpose()?;
    let locale = request.locale.as_deref().map(Locale::parse).transpose()?;
    change!(core.store, |write| {
        let user = write.person(id).await?.ok_or(PeopleError::NoSuchUser)?;
        let name = name.as_ref().map_or(&*user.name, PersonName::as_str);
        let locale = locale.as_ref().map_or(&*user.locale, Locale::as_str);
        write.set_profile(&user, name, locale).await?;
        write.person(id).await?.ok_or(PeopleError::NoSuchUser)
    })
}

/// A person whom the caller may act on: within reach, not above them, not themselves. The caller is looked at again: two
/// administrators who suspend each other at one moment must not both succeed.
async fn within_rights(
    write: &mut Write,
    acting: &Acting,
    id: UserId,
) -> Result<User, PeopleError> {
    if let Actor::User(me) = acting.actor {
        if me == id {
            return Err(PeopleError::NotYourself);
        }
        let role_now = write.person(me).await?;
        let still =
            role_now.is_some_and(|me| me.status == UserStatus::Active && me.role_id <= acting.role);
        if !still {
            return Err(PeopleError::RoleTooHigh);
        }
    }
    let user = write.user(acting.reach(), id).await?;
    let user = user.ok_or(PeopleError::NoSuchUser)?;
    if may_give(acting.role, user.role_id) {
        Ok(user)
    } else {
        Err(PeopleError::RoleTooHigh)
    }
}

/// The language of whoever acts; a machine has none of its own.
async fn language_of(write: &mut Write, actor: &Actor) -> Result<String, StoreError> {
    match actor {
        Actor::User(id) => Ok(write.addressee(*id).await?.locale),
        Actor::Client(_) | Actor::Cloud => Ok("en".to_owned()),
    }
}

struct Invitation<'a> {
    user: UserId,
    email: &'a EmailAddress,
    locale: &'a str,
    organization: &'a str,
    by: &'a str,
    asked_by: AskedBy,
    /// The label that goes along, sealed.
    label: Option<&'a [u8]>,
}

/// Who wants an invitation to be mailed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AskedBy {
    /// Whoever may invite: what was mailed before stops working.
    Organization,
    /// Whoever gave the address for another password: what was mailed before goes on working.
    Forgetful,
    /// Whoever gave it to sign up, likewise.
    SignUp,
}

/// Mails somebody their invitation; where the address is that of somebody elsewhere, these are told instead. Once it is nobody's
/// any more it is theirs. Somebody who signed up a moment ago has the invitation as the newest mail, with the label that they have
/// in hand, and no other link that would fail.
async fn mail_invitation(
    core: &Core,
    write: &mut Write,
    link: &links::Drawn,
    invitation: Invitation<'_>,
    now: Time,
) -> Result<(), Broken> {
    match write.user_of_email(invitation.email).await? {
        Some(other) if other.id != invitation.user => {
            return tell_elsewhere(core, write, &other, &invitation).await;
        }
        Some(_) => {}
        None => {
            write
                .give_address(invitation.user, invitation.email)
                .await?;
        }
    }
    let email = invitation.email.as_str();
    let kept = write.label_on_its_way(email, now).await?;
    write.drop_links(LinkPurpose::SignUp, email).await?;
    let invitation = Invitation {
        label: invitation.label.or(kept.as_deref()),
        ..invitation
    };
    send_invitation(core, write, link, invitation, now).await
}

/// Tells whoever has an address and belongs elsewhere who invites them, and what they can do. Whoever was barred stays so.
async fn tell_elsewhere(
    core: &Core,
    write: &mut Write,
    holder: &User,
    invitation: &Invitation<'_>,
) -> Result<(), Broken> {
    if holder.status == UserStatus::Suspended {
        return Ok(());
    }
    let organization = invitation.organization.to_owned();
    let inviter = invitation.by.to_owned();
    let link = Secret::new(sign_up::sign_in_url(core));
    let letter = match holder.status {
        // Who has not followed an invitation cannot sign in.
        UserStatus::Pending => Letter::InvitedTwice {
            organization,
            inviter,
            link,
        },
        UserStatus::Active | UserStatus::Inactive | UserStatus::Suspended => {
            Letter::InvitedElsewhere {
                organization,
                inviter,
                link,
            }
        }
    };
    let language = Language::from_tag(&holder.locale);
    write
        .queue_letter(core, invitation.email, language, &letter)
        .await?;
    Ok(())
}

async fn send_invitation(
    core: &Core,
    write: &mut Write,
    link: &links::Drawn,
    invitation: Invitation<'_>,
    now: Time,
) -> Result<(), Broken> {
    let whom = links::For {
        purpose: LinkPurpose::Invitation,
        user: Some(invitation.user),
        email: invitation.email,
        locale: invitation.locale,
        label: invitation.label,
    };
    let until = match invitation.asked_by {
        AskedBy::Organization => links::keep(write, link, whom, now).await?,
        AskedBy::Forgetful | AskedBy::SignUp => links::keep_beside(write, link, whom, now).await?,
    };
    let invite = Invite {
        organization: invitation.organization.to_owned(),
        inviter: invitation.by.to_owned(),
        link: link.url(core),
        until,
    };
    let letter = match invitation.asked_by {
        AskedBy::SignUp => Letter::InvitedBefore(invite),
        AskedBy::Organization | AskedBy::Forgetful => Letter::Invitation(invite),
    };
    let language = Language::from_tag(invitation.locale);
    write
        .queue_letter(core, invitation.email, language, &letter)
        .await?;
    Ok(())
}
