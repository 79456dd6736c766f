//! What all endpoints have in common.

use handover_wire::Role;
use reqwest::Method;
use serde_json::json;

use crate::testing::{Site, send};

#[test]
fn the_document_is_the_one_that_was_reviewed() {
    let mut document = serde_json::to_value(super::openapi()).expect("serializes");
    document["info"]["version"] = json!("[version]");
    insta::assert_json_snapshot!("openapi", document);
}

#[test]
fn the_document_holds_together() {
    let document = serde_json::to_value(super::openapi()).expect("serializes");
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            for (status, answer) in operation["responses"].as_object().expect("answers") {
                let said = answer["description"].as_str().unwrap_or_default();
                assert!(
                    !said.is_empty(),
                    "{method} {path}: {status} is not described"
                );
            }
            let parameters = operation["parameters"].as_array();
            for parameter in parameters.into_iter().flatten() {
                let name = parameter["name"].as_str().expect("a name");
                let is_in_path = path.contains(&format!("{{{name}}}"));
                assert_eq!(
                    parameter["in"] == "path",
                    is_in_path,
                    "{method} {path}: {name}"
                );
            }
        }
    }
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let place = reference.split('"').next().expect("a place");
        assert!(document.pointer(place).is_some(), "{place} is not there");
    }
}

#[test]
fn every_operation_says_whose_it_is() {
    let document = serde_json::to_value(super::openapi()).expect("serializes");
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let whose = operation["x-handover"].as_str().unwrap_or_default();
            assert!(
                whose.starts_with("published") || whose == "ours",
                "{method} {path}: {whose:?}"
            );
        }
    }
}

#[test]
fn uploads_have_longer_than_what_else_is_asked() {
    assert!(super::endpoints().contains(&"POST /external/api/upload".to_owned()));
    for (path, seconds) in [
        ("/external/api/upload", 1_800),
        ("/external/api/update", 60),
        ("/external/api/upload/", 60),
        ("/api/v1/organization/devices", 60),
    ] {
        assert_eq!(super::patience(path).as_secs(), seconds, "{path}");
    }
}

#[tokio::test]
async fn errors_have_one_shape() {
    let site = Site::demo().await;
    for (method, path, want) in [
        (Method::GET, "/api/nothing", (404, "not_found")),
        (Method::GET, "/api", (404, "not_found")),
        (
            Method::GET,
            "/api/v1/organization/nothing",
            (404, "not_found"),
        ),
        (Method::GET, "/external/api/nothing", (404, "not_found")),
        (Method::GET, "/nothing.js", (404, "not_found")),
        (Method::POST, "/claim", (404, "not_found")),
        (Method::DELETE, "/api/info", (405, "invalid_request")),
        (Method::GET, "/oauth2/token", (405, "invalid_request")),
    ] {
        let answer = send(site.request(method.clone(), path)).await;
        assert_eq!(
            answer.outcome(),
            (want.0, want.1.to_owned()),
            "{method} {path}"
        );
        assert!(answer.json()["error"]["message"].is_string());
        if want.0 == 405 {
            assert!(answer.header("allow").is_some(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let site = Site::demo().await;
    for path in [
        "/",
        "/claim",
        "/api/info",
        "/api/nothing",
        "/api/openapi.json",
    ] {
        let answer = site.get(path).await;
        for (name, part) in [
            ("content-security-policy", "default-src 'self'"),
            ("content-security-policy", "frame-ancestors 'none'"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("permissions-policy", "camera=(self)"),
            ("cache-control", "no-"),
        ] {
            let value = answer.header(name).unwrap_or_default();
            assert!(value.contains(part), "{path}: {name}: {value}");
        }
    }
}

#[tokio::test]
async fn pages_are_served_for_the_ui_s_own_paths() {
    let site = Site::demo().await;
    for path in ["/", "/claim", "/setup", "/devices/1"] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        let kind = answer.header("content-type").unwrap_or_default();
        assert!(kind.starts_with("text/html"), "{path}: {kind}");
    }
}

#[tokio::test]
async fn other_names_of_this_machine_are_refused() {
    let site = Site::demo().await;
    let port = site.cloud.url().port().expect("a port");
    for (host, want) in [
        (format!("localhost:{port}"), 200),
        (format!("127.0.0.1:{port}"), 200),
        ("rebound.example".to_owned(), 403),
    ] {
        let request = site.request(Method::GET, "/api/info");
        assert_eq!(
            send(request.header("host", &host)).await.status,
            want,
            "{host}"
        );
    }
}

#[tokio::test]
async fn another_site_s_page_changes_nothing() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let own = site.cloud.url().origin().ascii_serialization();
    for (index, header, value, want) in [
        (3, "origin", "https://evil.example", 403),
        (3, "origin", "null", 403),
        (3, "sec-fetch-site", "cross-site", 403),
        (3, "origin", own.as_str(), 201),
        (4, "sec-fetch-site", "same-origin", 201),
    ] {
        let request = customer.request(Method::POST, "/static-tokens/claim");
        let request = request.header(header, value);
        let answer = send(request.json(&json!({ "token": site.qr(index) }))).await;
        assert_eq!(answer.status, want, "{header}: {value}");
    }
}

/// A refusal before the body has come says that the connection ends; where it has come, the next request is answered on it.
#[tokio::test]
async fn a_connection_ends_with_a_refusal_only_where_a_body_is_left() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let site = Site::demo().await;
    let url = site.cloud.url().clone();
    let address = (url.host_str().expect("a host"), url.port().expect("a port"));
    let head = |length: usize, more: &str| {
        format!(
            "POST /api/v1/organization/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n{more}\r\n"
        )
    };
    let ends = |text: &str| text.to_ascii_lowercase().contains("connection: close");
    let mut stream = tokio::net::TcpStream::connect(address).await;
    let stream = stream.as_mut().expect("connected");
    // The second ends it by itself, so that all can be read.
    let both = format!("{}{{}}{}", head(2, ""), head(0, "Connection: close\r\n"));
    stream.write_all(both.as_bytes()).await.expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("answered");
    let (first, second) = text.split_at(text.rfind("HTTP/1.1").expect("an answer"));
    assert!(first.starts_with("HTTP/1.1 401"), "{text}");
    assert!(!ends(first), "{text}");
    assert!(second.starts_with("HTTP/1.1 401"), "{text}");

    let mut stream = tokio::net::TcpStream::connect(address).await;
    let stream = stream.as_mut().expect("connected");
    stream
        .write_all(head(100, "").as_bytes())
        .await
        .expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("answered");
    assert!(text.starts_with("HTTP/1.1 401"), "{text}");
    assert!(ends(&text), "{text}");
}
