//! Room for pages that people read, made by a module that this one does not know: its addresses, and its way to tell a
//! problem. Everything around a request (ids, logs, limits) is the same for both.

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderMap;
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

/// The pages that a path is one of.
pub fn over(app: &App, path: &str) -> Option<Pages> {
    let is_theirs = |pages: &Pages| {
        path.strip_prefix(pages.root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    app.pages.filter(is_theirs)
}

/// Tells what `run` could not do as a page.
pub async fn speak<F>(pages: Pages, request: Request, run: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    let mut response = run(request).await;
    match problem::taken(&mut response, &uri) {
        Some(problem) => (pages.tell)(&problem, &headers),
        None => response,
    }
}
