//! The bridge: each command hands over to the use case of its name.

use handover_app::{
    App, BundledCloud, CameraChoice, CameraEvent, Capabilities, Claim, DeviceQuery, FileCall,
    MailTo, OrganizationCall, PendingClaim, PictureFindings, Rename, Session, SignInTo,
};
use handover_wire::{
    Changes, ClaimReply, Device, DeviceDetails, DeviceId, ErrorBody, ErrorCode, KeptMail,
    LabelImage, MailId, MailSummary, Page,
};
use tauri::ipc::{Channel, InvokeBody, Request, Response};
use tauri::{Builder, State, Wry, command, generate_handler};

type Answer<T> = Result<T, ErrorBody>;

/// Makes every command known to the web view.
pub(crate) fn add_to(builder: Builder<Wry>) -> Builder<Wry> {
    builder.invoke_handler(generate_handler![
        capabilities,
        session,
        bundled_cloud,
        sign_in,
        sign_out,
        register,
        forgot_password,
        organization,
        download,
        upload,
        listen,
        devices,
        device,
        rename_device,
        explain,
        claim,
        pending_claims,
        retry_claim,
        drop_claim,
        demo_label,
        mailbox,
        mail,
        decode_picture,
        cameras,
        open_camera,
        camera_frame,
        zoom_camera,
        light_camera,
        close_camera,
    ])
}

#[command]
fn capabilities(app: State<'_, App>) -> Capabilities {
    app.capabilities()
}

#[command]
async fn session(app: State<'_, App>) -> Answer<Option<Session>> {
    app.session().await
}

#[command]
async fn bundled_cloud(app: State<'_, App>) -> Answer<BundledCloud> {
    app.bundled_cloud().await
}

#[command]
async fn sign_in(app: State<'_, App>, to: SignInTo) -> Answer<Session> {
    app.sign_in(to).await
}

#[command]
async fn sign_out(app: State<'_, App>) -> Answer<()> {
    app.sign_out().await
}

#[command]
async fn register(app: State<'_, App>, at: MailTo) -> Answer<()> {
    app.register(at).await
}

#[command]
async fn forgot_password(app: State<'_, App>, at: MailTo) -> Answer<()> {
    app.forgot_password(at).await
}

#[command]
async fn organization(app: State<'_, App>, call: OrganizationCall) -> Answer<serde_json::Value> {
    app.organization(call).await
}

#[command]
async fn download(app: State<'_, App>, file: FileCall) -> Answer<String> {
    app.download(file).await
}

/// The table is the body, as it is; the header `target` says to which call it goes.
#[command]
async fn upload(app: State<'_, App>, request: Request<'_>) -> Answer<serde_json::Value> {
    let target = request.headers().get("target");
    let target = target.and_then(|target| target.to_str().ok());
    app.upload(target.unwrap_or_default(), &raw(request.body())?)
        .await
}

#[command]
async fn listen(app: State<'_, App>, events: Channel<Changes>) -> Answer<()> {
    // A channel that is gone belongs to a page that is gone; the next one listens anew, which ends this.
    app.listen(move |changes| drop(events.send(changes))).await
}

#[command]
async fn devices(app: State<'_, App>, query: DeviceQuery) -> Answer<Page<Device>> {
    app.devices(query).await
}

#[command]
async fn device(app: State<'_, App>, id: DeviceId) -> Answer<DeviceDetails> {
    app.device(id).await
}

#[command]
async fn rename_device(app: State<'_, App>, rename: Rename) -> Answer<Device> {
    app.rename_device(rename).await
}

#[command]
fn explain(app: State<'_, App>, text: &str) -> Vec<handover_label::Reading> {
    app.explain(text)
}

#[command]
async fn claim(app: State<'_, App>, claim: Claim) -> Answer<ClaimReply> {
    app.claim(claim).await
}

#[command]
async fn pending_claims(app: State<'_, App>) -> Answer<Vec<PendingClaim>> {
    app.pending_claims().await
}

#[command]
async fn retry_claim(app: State<'_, App>, key: String) -> Answer<ClaimReply> {
    app.retry_claim(&key).await
}

#[command]
async fn drop_claim(app: State<'_, App>, key: String) -> Answer<()> {
    app.drop_claim(&key).await
}

#[command]
async fn demo_label(app: State<'_, App>) -> Answer<LabelImage> {
    app.demo_label().await
}

#[command]
async fn mailbox(app: State<'_, App>, size: u32, search: String) -> Answer<Page<MailSummary>> {
    app.mailbox(size, &search).await
}

#[command]
async fn mail(app: State<'_, App>, id: MailId) -> Answer<KeptMail> {
    app.mail(id).await
}

#[command]
async fn decode_picture(app: State<'_, App>, request: Request<'_>) -> Answer<PictureFindings> {
    app.decode_picture(raw(request.body())?).await
}

#[command]
async fn cameras(app: State<'_, App>) -> Answer<Vec<CameraChoice>> {
    app.cameras().await
}

#[command]
async fn open_camera(
    app: State<'_, App>,
    id: Option<String>,
    events: Channel<CameraEvent>,
) -> Answer<()> {
    // A channel that is gone belongs to a page that is gone; it will close the camera or open it anew.
    app.open_camera(id.as_deref(), move |event| drop(events.send(event)))
        .await
}

#[command]
async fn camera_frame(app: State<'_, App>, after: u64) -> Answer<Response> {
    app.camera_frame(after).await.map(Response::new)
}

#[command]
async fn zoom_camera(app: State<'_, App>, to: f64) -> Answer<()> {
    app.zoom_camera(to).await
}

#[command]
async fn light_camera(app: State<'_, App>, on: bool) -> Answer<()> {
    app.light_camera(on).await
}

#[command]
async fn close_camera(app: State<'_, App>) -> Answer<()> {
    app.close_camera().await
}

fn raw(body: &InvokeBody) -> Answer<Vec<u8>> {
    match body {
        InvokeBody::Raw(bytes) => Ok(bytes.clone()),
        InvokeBody::Json(_) => Err(ErrorBody::new(
            ErrorCode::InvalidRequest,
            "a picture is sent as raw bytes",
        )),
    }
}
