//! Cookies: what the browser of somebody signed in shows, what a visitor's shows, and the language that its reader chose.
//!
//! A link in a letter makes a browser come without any of the first two. It is given something new to show as a visitor
//! then, under another name: whoever is signed in stays so.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use super::ROOT;

/// What the browser of somebody signed in shows.
pub const SHOWN: &str = "dankun";
/// What the browser of a visitor shows, who fills in a form.
pub const VISITOR: &str = "dankun_visitor";
/// What the browser holds on its way to a provider and back.
pub const WAY: &str = "dankun_way";
/// Which provider let it in.
pub const PROVIDER: &str = "dankun_provider";
/// The language that the reader chose.
pub const LANGUAGE: &str = "dankun_language";
/// Seconds of a year: a choice of language is kept.
const YEAR: u32 = 365 * 24 * 60 * 60;

/// The value of a cookie.
pub fn read<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name && !value.is_empty()).then_some(value)
    })
}

/// Whether the browser came by TLS: the hub itself speaks HTTP, the proxy before it says how it was called.
pub fn came_by_tls(headers: &HeaderMap) -> bool {
    let said = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    said.is_some_and(|said| said.eq_ignore_ascii_case("https"))
}

/// Gives the browser what it shows from now on, until it is closed. No script reads it, no other site sends it.
pub fn shown(name: &str, token: &str, tls: bool) -> Option<HeaderValue> {
    let secure = if tls { "; Secure" } else { "" };
    format!("{name}={token}; Path={ROOT}; HttpOnly; SameSite=Strict{secure}").parse().ok()
}

/// Gives the browser what it holds on its way to a provider and back: a provider's page leads back here, so it is sent
/// along then, and to the door alone.
pub fn way(held: &str, tls: bool) -> Option<HeaderValue> {
    let secure = if tls { "; Secure" } else { "" };
    let about = "Path=/ui/sign-in; HttpOnly; SameSite=Lax; Max-Age=600";
    format!("{WAY}={held}; {about}{secure}").parse().ok()
}

/// Takes from the browser what it held on its way.
pub fn arrived() -> HeaderValue {
    HeaderValue::from_static("dankun_way=; Path=/ui/sign-in; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// Takes from the browser what it showed.
pub fn forgotten() -> HeaderValue {
    HeaderValue::from_static("dankun=; Path=/ui; HttpOnly; SameSite=Strict; Max-Age=0")
}

/// Takes from the browser which provider let it in.
pub fn provider_forgotten() -> HeaderValue {
    HeaderValue::from_static("dankun_provider=; Path=/ui; HttpOnly; SameSite=Strict; Max-Age=0")
}

/// Keeps a choice of language.
pub fn language(tag: &str) -> Option<HeaderValue> {
    format!("{LANGUAGE}={tag}; Path={ROOT}; HttpOnly; SameSite=Lax; Max-Age={YEAR}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_and_not_by_its_end() {
        let mut headers = HeaderMap::new();
        headers
            .insert(COOKIE, HeaderValue::from_static("xdankun=no; dankun=yes; dankun_language="));
        assert_eq!(read(&headers, SHOWN), Some("yes"));
        assert_eq!(read(&headers, LANGUAGE), None);
    }

    #[test]
    fn a_session_is_sent_by_tls_only_when_it_came_by_tls() {
        let of = |tls| {
            shown(SHOWN, "t", tls).expect("a cookie").to_str().map(str::to_owned).expect("text")
        };
        assert_eq!(of(true), "dankun=t; Path=/ui; HttpOnly; SameSite=Strict; Secure");
        assert!(!of(false).contains("Secure"));
    }
}
