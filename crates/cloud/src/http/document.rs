//! The OpenAPI document: what all of it has in common. Each endpoint adds its own part.

use axum::http::StatusCode;
use handover_wire::{ApiError, DeviceSort};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, PathItem, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{OpenApi, ToSchema as _};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Handover cloud",
        description = "Paths and shapes follow the published Platform API. Each operation says in `x-handover` \
                       whether it is `published` or `ours`."
    ),
    components(schemas(ApiError, DeviceSort)),
    modifiers(&BearerScheme),
    security(("bearer" = []))
)]
pub(super) struct Document;

struct BearerScheme;

impl utoipa::Modify for BearerScheme {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("bearer", bearer);
    }
}

/// Adds what holds for every endpoint: one that takes anything answers 400 where it is malformed, one that takes a body 413
/// where that is too large, and every answer has the description that the format asks for.
pub(super) fn complete(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        let responses = &mut operation.responses.responses;
        if operation.parameters.is_some() || operation.request_body.is_some() {
            let answer = responses.entry("400".to_owned());
            answer
                .or_insert_with(|| refused("A parameter or field is missing or malformed").into());
        }
        if operation.request_body.is_some() {
            let answer = responses.entry("413".to_owned());
            answer.or_insert_with(|| refused("The request is larger than this takes").into());
        }
        for (status, response) in responses {
            describe(status, response);
        }
    }
    document
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let methods = [
        &mut path.get,
        &mut path.put,
        &mut path.post,
        &mut path.delete,
        &mut path.patch,
    ];
    methods.into_iter().flatten()
}

/// The methods that a path takes.
pub(super) fn methods(path: &PathItem) -> impl Iterator<Item = &'static str> {
    let methods = [
        ("GET", &path.get),
        ("PUT", &path.put),
        ("POST", &path.post),
        ("DELETE", &path.delete),
        ("PATCH", &path.patch),
    ];
    let taken = methods.map(|(name, operation)| operation.is_some().then_some(name));
    taken.into_iter().flatten()
}

/// Says of an answer without a description what its status is called.
fn describe(status: &str, response: &mut RefOr<Response>) {
    if let RefOr::T(response) = response
        && response.description.is_empty()
    {
        let status = StatusCode::from_bytes(status.as_bytes()).ok();
        let called = status.and_then(|status| status.canonical_reason());
        response.description = called.unwrap_or("As it says").to_owned();
    }
}

fn refused(why: &str) -> Response {
    let error = Ref::from_schema_name(ApiError::name());
    ResponseBuilder::new()
        .description(why)
        .content("application/json", Content::new(Some(error)))
        .build()
}
