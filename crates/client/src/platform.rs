//! The Platform API's paths and query names, in one place.
//!
//! Published by Blynk unless marked *ours*; what a foreign cloud names otherwise is changed here and nowhere else.

/// Sign-in and refresh.
pub(crate) const TOKEN: &str = "/oauth2/token";
/// What everything of an organization's stands below.
pub(crate) const ORGANIZATION: &str = "/api/v1/organization/";
/// A stranger wants an account.
pub(crate) const REGISTER: &str = "/api/v1/organization/users/register";
/// Somebody forgot their password (ours).
pub(crate) const FORGOT: &str = "/api/password/forgot";
/// The first administrator, by the one-time link (ours).
pub(crate) const SETUP: &str = "/api/setup";
/// What a mailed link is for (ours).
pub(crate) const LINK: &str = "/api/link";
/// Does what it is for (ours).
pub(crate) const FOLLOW: &str = "/api/link/follow";
/// The end of a session (ours, after RFC 7009).
pub(crate) const REVOKE: &str = "/oauth2/revoke";
/// The person signed in and their organization (ours).
pub(crate) const ME: &str = "/api/v1/organization/me";
/// The devices of an organization.
pub(crate) const DEVICES: &str = "/api/v1/organization/devices";
/// The devices whose name has a text in it.
pub(crate) const SEARCH_DEVICES: &str = "/api/v1/organization/search/devices";
/// One device.
pub(crate) const DEVICE: &str = "/api/v1/organization/device";
/// The kinds of device.
pub(crate) const TEMPLATES: &str = "/api/v1/organization/templates";
/// Organizations below one's own.
pub(crate) const SUB_ORGANIZATIONS: &str = "/api/v1/organization/sub-organizations";
/// The static tokens of an organization.
pub(crate) const STATIC_TOKENS: &str = "/api/v1/organization/static-tokens";
/// Make static tokens (ours).
pub(crate) const GENERATE: &str = "/api/v1/organization/static-tokens/generate";
/// Claim a device.
pub(crate) const CLAIM: &str = "/api/v1/organization/static-tokens/claim";
/// What changes (ours), below the organization, for as long as the cloud tells it in one go.
pub(crate) const EVENTS: &str = "events?seconds=300";
/// A device asks for its token (ours).
pub(crate) const BOOTSTRAP: &str = "/external/api/bootstrap";
/// The same while its button is pressed (ours).
pub(crate) const PRESENCE: &str = "/external/api/bootstrap/presence";
/// A gateway asks for its nodes (ours).
pub(crate) const GATEWAY_NODES: &str = "/external/api/gateway/nodes";
/// What says which gateway asks.
pub(crate) const GATEWAY_TOKEN: &str = "X-Gateway-Token";
/// What a cloud is (ours).
pub(crate) const INFO: &str = "/api/info";
/// A label to try (ours, with `--demo` alone).
pub(crate) const DEMO_LABEL: &str = "/api/demo/label";
/// The mails of a cloud without a mail server (ours).
pub(crate) const MAILBOX: &str = "/api/mailbox";
/// One of those mails (ours).
pub(crate) const MAIL: &str = "/api/mailbox/mail";

/// The shortest text that the search takes.
pub const SEARCH_FROM: usize = 3;
