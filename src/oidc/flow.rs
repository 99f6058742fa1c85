//! With what a browser is sent to a provider, and what a code is changed into a token with.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use form_urlencoded::Serializer;
use sha2::{Digest as _, Sha256};

/// What a browser is sent with.
pub struct Ask<'a> {
    /// As the provider knows the hub.
    pub client_id: &'a str,
    /// Where the browser comes back to.
    pub redirect: &'a str,
    /// Comes back beside the code.
    pub state: &'a str,
    /// Comes back inside the token.
    pub nonce: &'a str,
    /// Whoever changes the code into a token must know this.
    pub verifier: &'a str,
    /// The reader's language.
    pub language: &'a str,
}

/// The address to which the browser is sent.
#[must_use]
pub fn address(authorization: &str, ask: &Ask<'_>) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(ask.verifier));
    let parameters = [
        ("response_type", "code"),
        ("scope", "openid email"),
        ("client_id", ask.client_id),
        ("redirect_uri", ask.redirect),
        ("state", ask.state),
        ("nonce", ask.nonce),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("ui_locales", ask.language),
    ];
    with(authorization, &parameters)
}

/// The address at which the browser signs out of the provider, and from which it comes back.
#[must_use]
pub fn leaving(sign_out: &str, client_id: &str, back: &str) -> String {
    with(sign_out, &[("client_id", client_id), ("post_logout_redirect_uri", back)])
}

fn with(address: &str, parameters: &[(&str, &str)]) -> String {
    let mark = if address.contains('?') { '&' } else { '?' };
    let query = Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("{address}{mark}{query}")
}

/// The body with which a code is changed into a token; a secret stands in it only where the provider reads no other.
#[must_use]
pub fn exchange(
    (code, verifier, redirect): (&str, &str, &str),
    client_id: &str,
    secret: Option<&str>,
) -> String {
    let mut body = Serializer::new(String::new());
    body.extend_pairs([
        ("grant_type", "authorization_code"),
        ("code", code),
        ("code_verifier", verifier),
        ("redirect_uri", redirect),
        ("client_id", client_id),
    ]);
    if let Some(secret) = secret {
        body.append_pair("client_secret", secret);
    }
    body.finish()
}

/// The value of `Authorization` with which the hub says who it is: both parts are encoded first (RFC 6749, 2.3.1).
#[must_use]
pub fn basic(client_id: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let both = format!("{}:{}", encoded(client_id), encoded(secret));
    format!("Basic {}", STANDARD.encode(both))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        let ask = Ask {
            client_id: "dankun",
            redirect: "https://hub.example/back",
            state: "s",
            nonce: "n",
            verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            language: "fr",
        };
        let address = address("https://sso.example/auth?realm=anam", &ask);
        assert!(address.starts_with(
            "https://sso.example/auth?realm=anam&response_type=code&scope=openid+email&"
        ));
        assert!(
            address.contains("&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&"),
            "{address}"
        );
        assert!(address.contains("redirect_uri=https%3A%2F%2Fhub.example%2Fback"), "{address}");
    }

    #[test]
    fn a_secret_is_encoded_before_it_is_written() {
        assert_eq!(basic("a", "x:y"), format!("Basic {}", STANDARD.encode("a:x%3Ay")));
        assert!(!exchange(("c", "v", "r"), "a", None).contains("secret"));
    }
}
