//! Files that devices upload: what comes of them, who sees them, and how long.

use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::gateway_tests::{Scene, pair, scene, token};
use crate::testing::{Answer, Person, Site, send};

/// What curl sends with `-F upfile=@name`.
fn form(name: &str, bytes: &[u8]) -> Vec<u8> {
    let name = name.replace('"', "\\\"");
    let head = format!(
        "--b0\r\nContent-Disposition: form-data; name=\"upfile\"; filename=\"{name}\"\r\n\
         Content-Type: text/html\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n--b0--\r\n"].concat()
}

async fn post(site: &Site, token: &str, kind: &str, body: Vec<u8>) -> Answer {
    let target = format!("/external/api/upload?token={token}");
    let request = site.request(Method::POST, &target);
    send(request.header("content-type", kind).body(body)).await
}

/// A device uploads a file.
pub async fn upload(site: &Site, token: &str, name: &str, bytes: &[u8]) -> Answer {
    let kind = "multipart/form-data; boundary=b0";
    post(site, token, kind, form(name, bytes)).await
}

/// The path of the link that it is told.
async fn linked(site: &Site, token: &str, name: &str, bytes: &[u8]) -> String {
    let uploaded = upload(site, token, name, bytes).await;
    assert_eq!(uploaded.status, 200, "{uploaded:?}");
    let link = url::Url::parse(&uploaded.text).expect("a link");
    assert_eq!(link.origin(), site.cloud.url().origin());
    link.path().to_owned()
}

/// Status, headers and bytes of what a path gives to whoever asks.
async fn opened(site: &Site, path: &str) -> (u16, reqwest::header::HeaderMap, Vec<u8>) {
    let answer = site.request(Method::GET, path).send().await;
    let answer = answer.expect("an answer");
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (
        status,
        headers,
        answer.bytes().await.expect("a body").to_vec(),
    )
}

async fn is_open(site: &Site, path: &str) -> bool {
    opened(site, path).await.0 == 200
}

/// The names of a device's files as somebody sees them, the newest first.
async fn names(person: &Person<'_>, device: i64) -> Vec<String> {
    let files = person
        .get(&format!("/device/files?deviceId={device}"))
        .await;
    assert_eq!(files.status, 200, "{files:?}");
    let files = files.json();
    let files = files.as_array().expect("a list").iter();
    files
        .map(|file| file["name"].as_str().expect("a name").to_owned())
        .collect()
}

const FILES: &str = "SELECT COUNT(*) FROM device_files";
const PIECES: &str = "SELECT COUNT(*) FROM device_file_pieces";

/// Waits until this many files and pieces are left: what came of a stopped upload goes a moment later.
async fn until(site: &Site, want: (i64, i64)) {
    while (site.count(FILES).await, site.count(PIECES).await) != want {
        tokio::task::yield_now().await;
    }
}

fn message(answer: &Answer) -> (u16, Value) {
    (answer.status, answer.json()["error"]["message"].clone())
}

#[tokio::test]
async fn whoever_has_a_file_s_link_saves_it_and_it_does_nothing() {
    let site = Site::demo().await;
    let path = linked(&site, &site.auth(0), "../Über \"x\".HTML", b"<script>").await;
    assert!(path.starts_with("/device_uploads/1/"), "{path}");
    assert!(path.ends_with(".html"), "{path}");
    let (status, headers, bytes) = opened(&site, &path).await;
    assert_eq!((status, bytes.as_slice()), (200, &b"<script>"[..]));
    for (name, want) in [
        ("content-type", "application/octet-stream"),
        ("content-length", "8"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
        (
            "content-disposition",
            "attachment; filename=\"file-1\"; filename*=UTF-8''%C3%9Cber%20_x_.HTML",
        ),
    ] {
        assert_eq!(headers[name], want, "{name}");
    }
    // Nothing but the secret counts, and it counts for its device.
    let secret = path.rsplit('/').next().expect("a secret");
    let bare = secret.trim_end_matches(".html");
    assert_eq!(bare.len(), 43);
    assert!(is_open(&site, &format!("/device_uploads/1/{bare}")).await);
    let wrong = format!("/device_uploads/1/{}A", &bare[..42]);
    for path in [
        format!("/device_uploads/2/{secret}"),
        format!("/device_uploads/x/{secret}"),
        format!("/device_uploads/1/{}", &bare[..42]),
        "/device_uploads/1/%ff".to_owned(),
        if wrong.ends_with(bare) {
            format!("{wrong}A")
        } else {
            wrong
        },
    ] {
        let (status, _, body) = opened(&site, &path).await;
        assert_eq!(status, 404, "{path}");
        let told: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(told["error"]["code"], "not_found", "{path}");
    }
}

#[tokio::test]
async fn a_file_of_five_megabytes_comes_and_goes_as_it_is_and_a_larger_one_leaves_nothing() {
    let site = Site::demo().await;
    let most = usize::try_from(crate::service::files::MOST_BYTES).expect("a small number");
    let bytes: Vec<u8> = (0..most)
        .map(|at| u8::try_from(at % 251).expect("a byte"))
        .collect();
    let path = linked(&site, &site.auth(0), "most.bin", &bytes).await;
    assert!(opened(&site, &path).await.2 == bytes, "byte for byte");
    assert_eq!(site.count(PIECES).await, 80);
    let mut more = bytes;
    more.push(0);
    let refused = upload(&site, &site.auth(0), "more.bin", &more).await;
    let want = (413, json!("The file is larger than 5 MiB."));
    assert_eq!(message(&refused), want);
    until(&site, (1, 80)).await;
    // An empty one is one, too.
    let path = linked(&site, &site.auth(0), "empty.bin", b"").await;
    let (status, headers, bytes) = opened(&site, &path).await;
    assert_eq!((status, bytes.len()), (200, 0));
    assert_eq!(headers["content-length"], "0");
}

#[tokio::test]
async fn a_device_keeps_ten_files_and_one_of_each_name() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let token = site.auth(0);
    let first = linked(&site, &token, "0.txt", b"a").await;
    let again = linked(&site, &token, "0.txt", b"b").await;
    assert!(!is_open(&site, &first).await, "another took its place");
    assert_eq!(opened(&site, &again).await.2, b"b");
    assert_eq!(names(&customer, 1).await, ["0.txt"]);
    for number in 1..=11 {
        linked(&site, &token, &format!("{number}.txt"), b"c").await;
    }
    let want: Vec<_> = (2..=11)
        .rev()
        .map(|number| format!("{number}.txt"))
        .collect();
    assert_eq!(names(&customer, 1).await, want);
    assert!(!is_open(&site, &again).await, "the oldest goes");
    assert_eq!(names(&customer, 2).await, Vec::<String>::new());
    assert_eq!(
        (site.count(FILES).await, site.count(PIECES).await),
        (10, 10)
    );
}

#[tokio::test]
async fn a_thousand_uploads_are_the_limit_and_whoever_has_it_next_has_their_own() {
    let site = Site::demo().await;
    let token = site.auth(0);
    linked(&site, &token, "first.txt", b"a").await;
    site.execute("UPDATE device_uploads SET uploads = 999")
        .await;
    linked(&site, &token, "last.txt", b"a").await;
    let refused = upload(&site, &token, "more.txt", b"a").await;
    let want = (403, json!("File uploads limit has been reached."));
    assert_eq!(message(&refused), want);
    until(&site, (2, 2)).await;
    // Another device is not concerned.
    linked(&site, &site.auth(1), "first.txt", b"a").await;
    let support = site.sign_in(Role::Staff).await;
    let (_, org, _) = site.client("Next", "next@next.example").await;
    let moved = json!({ "deviceId": 1, "newOrgId": org, "history": "keep" });
    assert_eq!(support.post("/device/transfer", moved).await.status, 204);
    linked(&site, &token, "more.txt", b"a").await;
}

#[tokio::test]
async fn what_cannot_be_is_told_in_the_published_words_and_leaves_nothing() {
    let site = Site::demo().await;
    let own = site.auth(0);
    let token = own.as_str();
    let kind = "multipart/form-data; boundary=b0";
    let no_file = b"--b0\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b0--";
    let half = form("half.txt", b"half");
    let half = &half[..half.len() - 12];
    let broken = "The form is malformed or broke off: send multipart/form-data.";
    for (token, kind, body, want) in [
        ("wrong", kind, form("a.txt", b"a"), "Invalid token."),
        (
            token,
            "application/json",
            b"{}".to_vec(),
            "Unknown content type.",
        ),
        (
            token,
            kind,
            no_file.to_vec(),
            "There is no file: send it as the field upfile.",
        ),
        (token, kind, half.to_vec(), broken),
        (token, kind, b"no form".to_vec(), broken),
        (token, kind, Vec::new(), broken),
    ] {
        let refused = post(&site, token, kind, body).await;
        assert_eq!(message(&refused), (400, json!(want)));
    }
    // A field beside it does no harm.
    let beside = b"--b0\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nx\r\n";
    let both = [&beside[..], &form("a.txt", b"a")].concat();
    assert_eq!(post(&site, token, kind, both).await.status, 200);
    until(&site, (1, 1)).await;
}

#[tokio::test]
async fn an_upload_that_stops_leaves_nothing() {
    let site = Site::demo().await;
    let address = site.cloud.url().socket_addrs(|| None).expect("an address")[0];
    let mut device = TcpStream::connect(address).await.expect("a connection");
    let body = form("half.bin", &[7; 200_000]);
    let head = format!(
        "POST /external/api/upload?token={} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n\
         Content-Type: multipart/form-data; boundary=b0\r\n\r\n",
        site.auth(0),
        body.len()
    );
    device.write_all(head.as_bytes()).await.expect("written");
    device.write_all(&body[..150_000]).await.expect("written");
    while site.count(PIECES).await < 2 {
        tokio::task::yield_now().await;
    }
    let customer = site.sign_in(Role::User).await;
    assert_eq!(names(&customer, 1).await, Vec::<String>::new());
    drop(device);
    until(&site, (0, 0)).await;
    // Nor does one that ended with its process.
    site.execute(
        "INSERT INTO device_files (device_id, tenure, name, size, at, digest, is_whole)
         SELECT id, tenure, 'x', 0, 0, auth_digest, 0 FROM devices WHERE id = 1",
    )
    .await;
    crate::start::tidy(site.cloud.core()).await.expect("tidied");
    assert_eq!(site.count(FILES).await, 0);
}

#[tokio::test]
async fn files_are_their_holder_s_of_then_like_what_was_said() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let (next, org, person) = site.client("Next", "next@next.example").await;
    let token = site.auth(0);
    let path = linked(&site, &token, "mine.txt", b"a").await;
    let transfer = async |history: &str| {
        let moved = json!({
            "deviceId": 1, "newOrgId": org, "newUserId": person, "history": history
        });
        let moved = support.post("/device/transfer", moved).await;
        assert_eq!(moved.status, 204, "{moved:?}");
    };
    let undo = async || {
        let undone = support.post("/device/undo", json!({ "deviceId": 1 })).await;
        assert_eq!(undone.status, 200, "{undone:?}");
    };
    // Handed on: none is lost that an undo brings back, whatever comes meanwhile.
    transfer("keep").await;
    assert_eq!(names(&next, 1).await, ["mine.txt"]);
    assert!(is_open(&site, &path).await);
    linked(&site, &token, "mine.txt", b"b").await;
    undo().await;
    assert_eq!(names(&customer, 1).await, ["mine.txt"]);
    assert_eq!(opened(&site, &path).await.2, b"a");
    // Erased: at once for whoever has it then, for good once that cannot be undone.
    transfer("erase").await;
    assert_eq!(names(&next, 1).await, Vec::<String>::new());
    assert!(!is_open(&site, &path).await);
    undo().await;
    assert!(is_open(&site, &path).await);
    transfer("erase").await;
    let theirs = linked(&site, &token, "theirs.txt", b"c").await;
    site.clock.pass_seconds(601);
    site.end_moves().await;
    assert_eq!((site.count(FILES).await, site.count(PIECES).await), (1, 1));
    assert!(!is_open(&site, &path).await);
    // Given up with its history it waits for whoever is next, and is nobody's meanwhile.
    let given_up = json!({ "deviceId": 1, "history": "keep" });
    let given_up = next.post("/device/release", given_up).await.json();
    assert!(!is_open(&site, &theirs).await);
    let label = given_up["label"]["text"].as_str().expect("a label");
    let customer = site.sign_in(Role::User).await;
    assert_eq!(customer.claim(label).await.status, 201);
    assert_eq!(names(&customer, 1).await, ["theirs.txt"]);
    assert!(is_open(&site, &theirs).await);
    // A device that is deleted takes its files with it.
    let deleted = customer.delete("/device?deviceId=1").await;
    assert_eq!(deleted.status, 200, "{deleted:?}");
    assert_eq!((site.count(FILES).await, site.count(PIECES).await), (0, 0));
    assert!(!is_open(&site, &theirs).await);
}

#[tokio::test]
async fn the_owner_and_support_save_and_delete_files_and_nobody_else_does() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let path = linked(&site, &site.auth(0), "log.txt", b"told").await;
    let kept = linked(&site, &site.auth(0), "kept.txt", b"kept").await;
    let files = customer.get("/device/files?deviceId=1").await.json();
    assert_eq!(
        (&files[1]["name"], &files[1]["size"]),
        (&json!("log.txt"), &json!(4))
    );
    let file = format!("/device/file?fileId={}", files[1]["id"]);
    let (stranger, ..) = site.client("Beside", "beside@beside.example").await;
    assert_eq!(stranger.get("/device/files?deviceId=1").await.status, 404);
    assert_eq!(stranger.get(&file).await.status, 404);
    assert_eq!(stranger.delete(&file).await.status, 404);
    let (colleague, _) = site.customer_of(2, "colleague@greenfarm.example").await;
    assert_eq!(colleague.get(&file).await.text, "told");
    assert_eq!(colleague.delete(&file).await.status, 403);
    let saved = customer.get(&file).await;
    assert_eq!((saved.status, saved.text.as_str()), (200, "told"));
    let named = saved.header("content-disposition");
    assert_eq!(named, Some("attachment; filename=\"log.txt\""));
    assert_eq!(customer.delete(&file).await.status, 204);
    assert_eq!(customer.delete(&file).await.status, 404);
    assert!(!is_open(&site, &path).await);
    assert!(is_open(&site, &kept).await);
    let admin = site.sign_in(Role::Admin).await;
    let told = admin.get("/audit?action=delete_file").await.json();
    assert_eq!(told["content"][0]["detail"], "called \"log.txt\"");
    assert_eq!(told["content"][0]["deviceId"], 1);
    // A device that uploads is there.
    let state = async || customer.get("/device?deviceId=3").await.json()["state"].clone();
    assert_eq!(state().await, "never_connected");
    linked(&site, &site.auth(2), "log.txt", b"told").await;
    assert_eq!(state().await, "online");
}

#[tokio::test]
async fn a_gateway_uploads_for_its_own_nodes_alone() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateway,
        nodes: [one, other],
        ..
    } = scene(&site).await;
    assert_eq!(pair(&customer, gateway, one).await.0, 204);
    let gateway = token(&site, gateway).await;
    let uploads = async |node: i64| {
        let target = format!("/external/api/upload?token={}", token(&site, node).await);
        let request = site.request(Method::POST, &target);
        let request = request.header("X-Gateway-Token", &gateway);
        let request = request.header("content-type", "multipart/form-data; boundary=b0");
        send(request.body(form("node.txt", b"a"))).await
    };
    assert_eq!(uploads(one).await.status, 200);
    assert_eq!(names(&customer, one).await, ["node.txt"]);
    let refused = uploads(other).await;
    assert_eq!(message(&refused), (400, json!("Invalid token.")));
}
