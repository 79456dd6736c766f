//! `handover demo journey`: from label to claimed device, without a window. Everything in it is the real thing: the
//! cloud, its HTTP, the label, the picture of it, the decoder.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use handover_client::Client;
use handover_cloud::{Cloud, Config, Demo};
use handover_label::{QrToken, claim_link, mask};
use handover_print::scene::photograph;
use handover_scan::{Decoder, Scanner, load_picture};
use handover_wire::{ClaimAnswer, ClaimRequest, GenerateTokens, Role, Secret};
use url::Url;

use super::label;
use crate::devices;
use crate::failure::Failure;
use crate::printable::printable;
use crate::runtime::block_on;

/// How many labels the maker generates.
const BATCH: u32 = 12;
/// The picture's size in pixels: what a webcam gives.
const SIZE: (u32, u32) = (1280, 720);

/// How the photograph looks.
#[derive(Args)]
pub struct JourneyArguments {
    /// The light, the table and the hand; the same seed gives the same picture.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

/// Plays it in a folder that is gone afterwards.
pub fn run(arguments: &JourneyArguments) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(Failure::Scratch)?;
    block_on(async {
        let cloud = start(folder.path()).await?;
        let outcome = play(&cloud, folder.path(), arguments.seed).await;
        cloud.stop().await;
        outcome
    })
}

async fn start(folder: &Path) -> Result<Cloud, Failure> {
    let config = Config {
        demo: true,
        ..Config::new(
            folder.join("cloud"),
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        )
    };
    Ok(Cloud::start(config).await?)
}

async fn play(cloud: &Cloud, folder: &Path, seed: u64) -> Result<(), Failure> {
    let demo = cloud
        .demo()
        .ok_or(Failure::Journey("the cloud has no demo data"))?;
    let url = cloud.url();
    step(1, &format!("The bundled cloud runs at {url}"))?;

    let maker = sign_in(&url, demo, Role::Admin).await?;
    let token = generate(&maker).await?;
    step(
        2,
        &format!(
            "The maker generated {BATCH} labels; one says {}",
            mask(token.expose())
        ),
    )?;

    let photo = folder.join("label.png");
    let text = claim_link(&url, &token);
    photograph(&label::draw(&text)?, seed, SIZE).save(&photo)?;
    step(3, "A photograph of it was taken: tilted, shaded, noisy")?;

    let read = scan(&photo)?;
    step(4, &format!("The photograph was read: {}", mask(&read)))?;

    let customer = sign_in(&url, demo, Role::User).await?;
    let answer = claim(&customer, read).await?;
    let device = &answer.device;
    step(
        5,
        &format!("{} is now in {}'s devices:", device.name, device.org_name),
    )?;

    let all = devices::all(&customer).await?;
    let mut out = io::stdout().lock();
    writeln!(out)?;
    devices::write_table(&mut out, &all, Some(device.id))?;
    writeln!(
        out,
        "\nTo see it in a browser:  handover cloud --data DIR --demo"
    )?;
    writeln!(
        out,
        "It prints the web console's address and who can sign in."
    )?;
    Ok(())
}

fn step(number: u8, what: &str) -> Result<(), Failure> {
    writeln!(io::stdout(), "[{number}/5] {}", printable(what))?;
    Ok(())
}

async fn sign_in(url: &Url, demo: &Demo, role: Role) -> Result<Client, Failure> {
    let user = demo.users.iter().find(|user| user.role == role);
    let user = user.ok_or(Failure::Journey("a sign-in is missing from the demo data"))?;
    let password = Secret::new(user.password.expose());
    let signed_in = Client::sign_in(url.clone(), &user.email, password, Arc::new(|_| ())).await?;
    Ok(signed_in.client)
}

/// Generates a batch and takes one label of it.
async fn generate(maker: &Client) -> Result<QrToken, Failure> {
    let templates = maker.templates().await?;
    let template = templates.content.into_iter().next();
    let request = GenerateTokens {
        template_id: template
            .ok_or(Failure::Journey("the maker has no template"))?
            .template_id,
        org_id: None,
        count: BATCH,
    };
    let batch = maker.generate(&request).await?;
    let token = batch.content.into_iter().find_map(|token| token.token);
    token
        .and_then(|token| QrToken::parse(token.expose()))
        .ok_or(Failure::Journey("the batch has no QR token"))
}

fn scan(photo: &Path) -> Result<String, Failure> {
    let picture = load_picture(photo)?;
    let codes = Scanner::default().decode(picture.frame());
    let code = codes.into_iter().next();
    let code = code.ok_or(Failure::Journey("no code was found in the photograph"))?;
    Ok(code.text)
}

async fn claim(customer: &Client, text: String) -> Result<ClaimAnswer, Failure> {
    let request = ClaimRequest::of_label(Secret::new(text));
    let reply = customer.claim("the journey's only claim", &request).await?;
    reply
        .device()
        .ok_or(Failure::Journey("the label did not claim"))
}
