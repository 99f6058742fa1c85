//! `dankun serve`: the hub.

mod providers;

use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::arguments::Common;
use super::connection::Connection;
use super::failure::{Failure, Outcome};
use super::screen::Screen;
use crate::delivery::address::Reach;
use crate::delivery::client::{Client, Timeouts};
use crate::http::{self, App, Limits};
use crate::model::access::{Caller, Holder, Scope};
use crate::operations::accounts::providers::Providers;
use crate::operations::keys::{self, NewKey};
use crate::operations::{Hub, accounts};
use crate::ui;

/// Run the hub. The first start prints an operator's key once.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    connection: Connection,
    /// Address to listen on; put a reverse proxy with TLS before it
    #[arg(long, env = "DANKUN_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Let subscribers name addresses of the local network, over plain HTTP: for tests only
    #[arg(long)]
    allow_local_webhooks: bool,
    /// File of the institutions with whose accounts people may sign in at the page (OpenID Connect)
    #[arg(long, env = "DANKUN_SIGN_IN", value_name = "FILE")]
    sign_in: Option<PathBuf>,
}

/// Serves until it is told to stop.
///
/// # Errors
/// When the hub does not open or the address cannot be used.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    log_to_stderr(screen);
    let providers = args.sign_in.as_deref().map(|path| providers::read(path, screen.language()));
    let providers = providers.transpose()?;
    let hub = args.connection.open(common).await?;
    let reach = if args.allow_local_webhooks { Reach::Anywhere } else { Reach::Public };
    serve(hub, args.listen, (reach, providers), screen).await?;
    Ok(Outcome::Done)
}

/// Serves a hub that is already open, and says where, and with which key when it has none yet.
///
/// # Errors
/// When the address cannot be used.
pub async fn serve(
    hub: Hub,
    listen: SocketAddr,
    (reach, providers): (Reach, Option<Providers>),
    screen: &Screen,
) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        let address = listen.to_string();
        Failure::hub("serve-address", &[("address", &address), ("reason", &error.to_string())])
    })?;
    let address = listener.local_addr().map_err(Failure::operation)?;
    if keys::list(&hub).await.map_err(Failure::operation)?.is_empty() {
        let secret = first_key(&hub).await?;
        screen.say("serve-operator-key", &[("secret", secret.into())])?;
    }
    if let Some(secret) = accounts::first_link(&hub).await.map_err(Failure::operation)? {
        let link = format!("http://{address}{}", ui::welcome_path(&secret));
        screen.say("serve-first-account", &[("link", link.into())])?;
    }
    // Last of all: whoever waits for this line need not read on.
    screen.say("serve-listening", &[("address", format!("http://{address}").into())])?;
    let client = Client::new(reach, Timeouts::default()).map_err(Failure::operation)?;
    let stop = CancellationToken::new();
    let app = App::new(hub, client, Limits::default()).with_pages(ui::PAGES);
    let app = match providers {
        Some(providers) => app.with_providers(providers),
        None => app,
    };
    let served = http::serve(listener, app, stop.clone());
    tokio::pin!(served);
    tokio::select! {
        outcome = &mut served => return outcome.map_err(Failure::operation),
        () = told_to_stop() => {}
    }
    // Requests are brought to their end even when nobody reads our output any more.
    let said = screen.say("serve-stopping", &[]);
    stop.cancel();
    served.await.map_err(Failure::operation)?;
    said.and_then(|()| screen.say("serve-stopped", &[]))
}

/// A key for whoever runs the hub, when nobody has one yet.
async fn first_key(hub: &Hub) -> Result<String, Failure> {
    let new = NewKey {
        title: "first start".to_owned(),
        holder: Holder::Operator("first".to_owned()),
        scopes: vec![Scope::Admin],
        purposes: Vec::new(),
        valid_days: None,
    };
    let created = keys::create(hub, &Caller::local_operator(), new).await;
    let (_, secret) = created.map_err(Failure::operation)?;
    Ok(secret.as_str().to_owned())
}

/// Interrupt from the keyboard, or the signal with which a service is stopped.
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// Log lines go to standard error: text for a person, JSON with `--json`. `RUST_LOG` chooses.
fn log_to_stderr(screen: &Screen) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second subscriber in one process (a test) keeps the first.
    let _ = if screen.json() { log.json().try_init() } else { log.try_init() };
}
