//! The OpenAPI document: what all of it has in common. Each endpoint adds its own part.

use handover_wire::{ApiError, DeviceSort};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, PathItem, Ref, Response, ResponseBuilder};
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

/// Adds what holds for every endpoint: one that takes anything answers 400 where it is malformed.
pub(super) fn complete(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        if operation.parameters.is_some() || operation.request_body.is_some() {
            let responses = &mut operation.responses.responses;
            let answer = responses.entry("400".to_owned());
            answer.or_insert_with(|| malformed().into());
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

fn malformed() -> Response {
    let error = Ref::from_schema_name(ApiError::name());
    ResponseBuilder::new()
        .description("A parameter or field is missing or malformed")
        .content("application/json", Content::new(Some(error)))
        .build()
}
