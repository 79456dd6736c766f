//! `POST /oauth2/token` (RFC 6749; grant `user_credentials` is published by name only, its fields are ours).

use serde::{Deserialize, Serialize};

use crate::Secret;

/// What is offered in exchange for tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// E-mail and password.
    UserCredentials,
    /// A refresh token, used once.
    RefreshToken,
    /// A client id and its secret (HTTP Basic or form fields).
    ClientCredentials,
}

/// The form fields of `POST /oauth2/token`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TokenRequest {
    /// Which of the other fields count.
    pub grant_type: GrantType,
    /// The e-mail address, for `user_credentials`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The password, for `user_credentials`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// The refresh token, for `refresh_token`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// The client's id, for `client_credentials`, where HTTP Basic does not carry it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The client's secret, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
}

/// The form fields of `POST /oauth2/revoke` (RFC 7009).
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RevokeRequest {
    /// The refresh token, whose session ends.
    pub token: Secret,
}

/// A fresh pair of tokens.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TokenAnswer {
    /// Sent as `Authorization: Bearer`; 40 characters.
    pub access_token: Secret,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds until the access token ends.
    pub expires_in: u64,
    /// Good for one refresh; 40 characters. Absent for `client_credentials`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
}

/// The codes of RFC 6749, section 5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OauthErrorCode {
    /// A field is missing or doubled.
    InvalidRequest,
    /// Unknown client or wrong secret.
    InvalidClient,
    /// Wrong e-mail or password, or a refresh token that is spent, expired or revoked.
    InvalidGrant,
    /// This grant type is not offered.
    UnsupportedGrantType,
}

/// An error of the token endpoint, in its own published shape.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OauthError {
    /// The closed code.
    pub error: OauthErrorCode,
    /// For people who debug.
    pub error_description: String,
}
