//! Signing in with an institution's own account: OpenID Connect 1.0, the code flow with PKCE (RFC 7636).
//!
//! What a browser is sent to a provider with ([`flow`]), what a provider says of itself ([`discovery`]), and what may be
//! believed of the token that it answers with ([`token`]). Which providers there are and whose account is whose stands in a
//! file ([`settings`]). Nobody is called and no account is known here: bytes come in, a verdict goes out.

pub mod discovery;
pub mod flow;
pub mod settings;
pub mod token;

/// Whether what is sent to an address is read by nobody else: by TLS, or on this very machine.
#[must_use]
pub fn is_private(address: &str) -> bool {
    let here = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let rest = here.iter().find_map(|begin| address.strip_prefix(begin));
    let here = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']));
    let host = address.strip_prefix("https://").is_some_and(|host| !host.is_empty());
    (here || host) && !address.contains(['@', '\\', ' ', '#'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_private_by_tls_or_on_this_machine() {
        for private in ["https://sso.example/realms/a", "http://127.0.0.1:9/x", "http://localhost"]
        {
            assert!(is_private(private), "{private}");
        }
        for open in [
            "http://sso.example",
            "http://localhost.evil.example",
            "https://",
            "http://127.0.0.1@evil",
        ] {
            assert!(!is_private(open), "{open}");
        }
    }
}
