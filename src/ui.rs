//! The page: where administrators and stewards work, in a browser, in French and in English.
//!
//! Every view is written on the server and works without a script; a script may make it quicker. A handler asks one
//! operation as [`visit::Member`] — the same rights as behind a key — and fills a template of `src/ui/templates`. What a
//! role may not do is absent from the page and refused by the operation.
//!
//! A view is a file here, a template, its words in `src/messages/{fr,en}/page-*.ftl`, and a line in [`routes`]; a
//! place in the navigation is a [`shell::Section`]. Styles and scripts come from `ui/`, in [`assets`], from the hub
//! itself and from nowhere else.

mod account;
mod accounts;
mod alike;
mod ask;
mod assets;
mod audit;
mod batches;
mod compress;
mod conflicts;
mod cookie;
mod corrections;
mod decisions;
mod defects;
mod deliveries;
mod evidence;
mod face;
mod figures;
mod form;
mod home;
mod keys;
mod language;
mod listing;
mod look_through;
mod mates;
mod page;
mod people;
mod progress;
mod provider;
mod quality;
mod refusals;
mod register;
mod replays;
mod reviews;
mod schemes;
mod send;
mod shell;
mod sign_in;
mod trials;
mod trouble;
mod visit;
mod welcome;
mod words;
mod workshop;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::http::{App, Pages};

/// What `http` is given to show pages.
pub const PAGES: Pages = Pages { root: ROOT, routes, slow, tell: trouble::alone };

const ROOT: &str = "/ui";

/// The address at which the holder of a one-time link chooses a password.
#[must_use]
pub fn welcome_path(secret: &str) -> String {
    format!("{ROOT}/welcome/{secret}")
}

/// Every address that answers quickly; assets are for everybody.
fn routes(app: &App) -> Router<App> {
    let pages = Router::new()
        .route("/ui", get(home::show))
        .route("/ui/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/ui/sign-in/code", get(sign_in::show_code).post(sign_in::confirm))
        .route("/ui/sign-in/with/{name}", get(provider::begin))
        .route("/ui/sign-in/with/{name}/back", get(provider::finish))
        .route("/ui/sign-in/with/{name}/leave", get(provider::leave))
        .route("/ui/sign-out", post(sign_in::leave))
        .route("/ui/welcome/{secret}", get(welcome::show).post(welcome::accept))
        .route("/ui/language/{tag}", get(language::choose))
        .route("/ui/account", get(account::show))
        .route("/ui/account/password", post(account::change_password))
        .route("/ui/account/second-factor", get(account::offer_factor).post(account::take_factor))
        .route("/ui/account/second-factor/remove", post(account::remove_factor))
        .route("/ui/account/sessions/{id}/end", post(account::end_session))
        .route("/ui/accounts", get(accounts::list).post(accounts::create))
        .route("/ui/accounts/{id}", get(accounts::show).post(accounts::change))
        .route("/ui/accounts/{id}/reset", post(accounts::reset))
        .route("/ui/accounts/{id}/open", post(accounts::set_open))
        .route("/ui/audit", get(audit::list))
        .route("/ui/batches", get(batches::list))
        .route("/ui/batches/{id}", get(batches::show))
        .route("/ui/batches/{id}/release", post(batches::release))
        .route("/ui/batches/{id}/refused", get(batches::download))
        .route("/ui/batches/{id}/defects/{name}", get(defects::show).post(defects::correct))
        .route("/ui/batches/{id}/progress", get(progress::of_batch))
        .route("/ui/corrections", get(corrections::list))
        .route("/ui/refusals", get(refusals::list))
        .route("/ui/refusals/{id}", get(refusals::show).post(refusals::correct))
        .route("/ui/refusals/{id}/dismiss", post(refusals::dismiss))
        .route("/ui/reviews", get(reviews::list))
        .route("/ui/reviews/next", post(reviews::take_next))
        .route("/ui/reviews/alike", get(alike::list).post(alike::decide))
        .route("/ui/reviews/{id}/release", post(reviews::give_back))
        .route("/ui/reviews/{id}", get(reviews::show).post(reviews::decide))
        .route("/ui/decisions", get(decisions::list))
        .route("/ui/decisions/{id}/undo", post(decisions::undo))
        .route("/ui/conflicts", get(conflicts::list))
        .route("/ui/quality", get(quality::show))
        .route("/ui/quality/draw", post(quality::draw))
        .route("/ui/records", get(register::list))
        .route("/ui/records/{id}", get(register::show))
        .route("/ui/people", get(people::search).post(people::find))
        .route("/ui/people/{id}", get(people::show))
        .route("/ui/people/{id}/merge", post(people::merge))
        .route("/ui/people/{id}/split", post(people::split))
        .route("/ui/ask", get(ask::show).post(ask::answer))
        .route("/ui/schemes", get(schemes::list))
        .route("/ui/deliveries", get(deliveries::list))
        .route("/ui/deliveries/{id}/retry", post(deliveries::retry))
        .route("/ui/subscriptions", post(deliveries::subscribe))
        .route("/ui/subscriptions/{id}/end", post(deliveries::unsubscribe))
        .route("/ui/replays/{id}", get(replays::show))
        .route("/ui/replays/{id}/progress", get(progress::of_replay))
        .route("/ui/replays/{id}/stop", post(replays::stop))
        .route("/ui/trials", post(trials::begin))
        .route("/ui/trials/{id}", get(trials::show))
        .route("/ui/trials/{id}/progress", get(progress::of_trial))
        .route("/ui/trials/{id}/stop", post(trials::stop))
        .route("/ui/keys", get(keys::list).post(keys::create))
        .route("/ui/keys/{id}/revoke", post(keys::revoke))
        .merge(workshop::routes())
        .route("/ui/{*rest}", get(trouble::nowhere));
    Router::new()
        .route("/", get(|| async { Redirect::to(ROOT) }))
        .route("/ui/assets/{version}/{name}", get(assets::serve))
        .merge(surrounded(app, pages))
}

/// What takes a file, or looks at everybody.
fn slow(app: &App) -> Router<App> {
    let pages = Router::new()
        // A file is cut by our own limits, which are those of every file.
        .route("/ui/send", get(send::show).post(send::take).layer(DefaultBodyLimit::disable()))
        .route(
            "/ui/look-through",
            get(look_through::show).post(look_through::take).layer(DefaultBodyLimit::disable()),
        )
        .route("/ui/figures", get(figures::show).post(figures::count))
        .route("/ui/quality/measure", post(quality::measure))
        .route("/ui/replays", get(replays::list).post(replays::begin));
    surrounded(app, pages)
}

/// `visit::load` looks who comes before any handler does. Around these routes alone: a layer around the router would take
/// the answer of every address that nobody has.
fn surrounded(app: &App, pages: Router<App>) -> Router<App> {
    pages
        .route_layer(from_fn(trouble::speak))
        .route_layer(from_fn_with_state(app.clone(), visit::load))
        .route_layer(from_fn(compress::layer))
}
