//! What the client makes of whatever answers at an address.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use handover_client::{Client, Refreshed, server_address};
use handover_wire::{DeviceId, ErrorBody, ErrorCode, Secret};
use tokio::net::TcpListener;
use url::Url;

/// Serves the router until the test ends.
async fn serve(router: Router) -> Url {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("the listener has an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    server_address(&address.to_string()).expect("a socket's address is an address")
}

fn unkept() -> Refreshed {
    Arc::new(|_| {})
}

const TOKENS: &str =
    r#"{"access_token":"access","token_type":"Bearer","expires_in":600,"refresh_token":"next"}"#;

/// A server whose sign-in works and whose device page answers like this.
async fn device_answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> ErrorBody {
    let status = StatusCode::from_u16(status).expect("a status");
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    let body = body.to_owned();
    let answer = move || {
        let mut response = (status, body.clone()).into_response();
        for (name, value) in &headers {
            response
                .headers_mut()
                .insert(*name, value.parse().expect("a header's value"));
        }
        async move { response }
    };
    let router = Router::new()
        .route("/oauth2/token", axum::routing::post(|| async { TOKENS }))
        .fallback(answer);
    let client = Client::resume(serve(router).await, Secret::new("first"), unkept())
        .expect("this machine speaks TLS");
    client
        .device(DeviceId(1))
        .await
        .expect_err("the answer is no device")
}

#[tokio::test]
async fn every_answer_has_a_code() {
    let ours = r#"{"error":{"message":"no","code":"not_claimable"}}"#;
    let published = r#"{"error":{"message":"Device with identifier 1 is not found or belong to another organization."}}"#;
    let rows = [
        (404, ours, ErrorCode::NotClaimable),
        (404, published, ErrorCode::NotFound),
        (400, published, ErrorCode::InvalidRequest),
        (403, published, ErrorCode::Forbidden),
        (429, published, ErrorCode::RateLimited),
        (500, "<html>oops</html>", ErrorCode::Internal),
        (502, "", ErrorCode::Internal),
        (507, "", ErrorCode::StorageFull),
        (
            200,
            "<html>welcome to the hotel's network</html>",
            ErrorCode::NotACloud,
        ),
        (200, "{}", ErrorCode::NotACloud),
        (302, "", ErrorCode::NotACloud),
        (401, published, ErrorCode::SessionExpired),
    ];
    for (status, body, expected) in rows {
        let error = device_answer(status, &[], body).await;
        assert_eq!(error.code, expected, "{status} {body}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_session() {
    let followed = Arc::new(AtomicUsize::new(0));
    let counter = followed.clone();
    let elsewhere = serve(Router::new().fallback(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        async { "" }
    }))
    .await;
    let error = device_answer(307, &[(header::LOCATION.as_str(), elsewhere.as_str())], "").await;
    assert_eq!(error.code, ErrorCode::NotACloud);
    assert_eq!(followed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_wait_of_a_limit_is_told() {
    let error = device_answer(429, &[(header::RETRY_AFTER.as_str(), "17")], "").await;
    assert_eq!(error.attributes["retryAfter"], "17");
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("the listener has an address");
    drop(listener);
    let server = server_address(&address.to_string()).expect("an address");
    let error = Client::info(&server).await.expect_err("nobody is there");
    assert_eq!(error.code, ErrorCode::Unreachable);
}

#[tokio::test]
async fn plain_text_where_tls_is_wanted_gets_no_session() {
    let mut server = serve(Router::new().fallback(|| async { "{}" })).await;
    server.set_scheme("https").expect("https is a scheme");
    let error = Client::info(&server).await.expect_err("it speaks no TLS");
    assert_eq!(error.code, ErrorCode::Unreachable);
}

#[tokio::test]
async fn many_calls_at_once_refresh_once() {
    let refreshes = Arc::new(AtomicUsize::new(0));
    let counter = refreshes.clone();
    let router = Router::new()
        .route(
            "/oauth2/token",
            axum::routing::post(move || {
                counter.fetch_add(1, Ordering::SeqCst);
                async { TOKENS }
            }),
        )
        .fallback(|| async { (StatusCode::NOT_FOUND, "") });
    let client = Client::resume(serve(router).await, Secret::new("first"), unkept())
        .expect("this machine speaks TLS");
    let client = Arc::new(client);
    let calls: Vec<_> = (0..20)
        .map(|id| {
            let client = client.clone();
            tokio::spawn(async move { client.device(DeviceId(id)).await })
        })
        .collect();
    for call in calls {
        let error = call
            .await
            .expect("the call ends")
            .expect_err("there is no device");
        assert_eq!(error.code, ErrorCode::NotFound);
    }
    assert_eq!(refreshes.load(Ordering::SeqCst), 1);
}
