//! Room for pages that people read, made by a module that this one does not know: its addresses, and its way to tell a
//! problem. Everything around a request (ids, logs, limits) is the same for both.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;

use super::problem::{self, Problem};
use super::{App, layers};

/// What a module of pages brings.
#[derive(Clone, Copy)]
pub struct Pages {
    /// Everything below this address is theirs, such as `/ui`.
    pub root: &'static str,
    /// Their addresses.
    pub routes: fn(&App) -> Router<App>,
    /// Those of their addresses that may take long: files, and what looks at everybody. They have their own clock.
    pub slow: fn(&App) -> Router<App>,
    /// How they tell a problem that none of their handlers told: a limit, a panic, an overload.
    pub tell: fn(&Problem, &HeaderMap) -> Response,
}

/// The addresses of pages, when there are any: all but the slow ones with the clock of everything quick.
pub fn routes(app: &App) -> Router<App> {
    let hurry = axum::middleware::from_fn_with_state(app.limits.answer, layers::hurry);
    app.pages.map_or_else(Router::new, |pages| {
        (pages.routes)(app).route_layer(hurry).merge((pages.slow)(app))
    })
}

/// Layer: below the root of pages, problems are pages; other addresses are let through.
pub async fn speak(State(app): State<App>, request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    let ours = |pages: &Pages| {
        let rest = uri.path().strip_prefix(pages.root);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let Some(pages) = app.pages.filter(ours) else { return next.run(request).await };
    let headers = request.headers().clone();
    let mut response = next.run(request).await;
    match problem::taken(&mut response, &uri) {
        Some(problem) => (pages.tell)(&problem, &headers),
        None => response,
    }
}
