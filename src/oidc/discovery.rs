//! What a provider says of itself (OpenID Connect Discovery 1.0).

use serde::Deserialize;

use super::is_private;

/// Where the document stands below the address of its issuer.
const PLACE: &str = "/.well-known/openid-configuration";

/// The addresses of a provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Metadata {
    /// Where browsers are sent.
    pub authorization: String,
    /// Where a code is changed into a token.
    pub token: String,
    /// Where its public keys are.
    pub keys: String,
    /// Where browsers sign out, when it lets them.
    pub sign_out: Option<String>,
    /// Whether the client's secret goes into the body: this provider reads no other.
    pub secret_in_body: bool,
}

/// Why a provider is not believed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// It is no such document.
    #[error("no discovery document: {0}")]
    Unreadable(String),
    /// It is the document of somebody else.
    #[error("the document is of `{0}`")]
    OtherIssuer(String),
    /// Others could listen there.
    #[error("`{0}` is not https")]
    Open(String),
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

/// Where an issuer's document stands.
#[must_use]
pub fn place(issuer: &str) -> String {
    format!("{}{PLACE}", issuer.trim_end_matches('/'))
}

/// Reads the document of an issuer.
///
/// # Errors
/// When it cannot be read, is somebody else's, or names an address where others could listen.
pub fn read(bytes: &[u8], issuer: &str) -> Result<Metadata, DiscoveryError> {
    let document: Document = serde_json::from_slice(bytes)
        .map_err(|error| DiscoveryError::Unreadable(error.to_string()))?;
    if document.issuer != issuer {
        return Err(DiscoveryError::OtherIssuer(document.issuer));
    }
    let methods = &document.token_endpoint_auth_methods_supported;
    let offers = |method: &str| methods.iter().any(|offered| offered == method);
    let addresses =
        [&document.authorization_endpoint, &document.token_endpoint, &document.jwks_uri];
    let all = addresses.into_iter().chain(&document.end_session_endpoint);
    if let Some(open) = all.into_iter().find(|address| !is_private(address)) {
        return Err(DiscoveryError::Open(open.clone()));
    }
    Ok(Metadata {
        // Who says nothing reads the header (section 3).
        secret_in_body: !offers("client_secret_basic") && offers("client_secret_post"),
        authorization: document.authorization_endpoint,
        token: document.token_endpoint,
        keys: document.jwks_uri,
        sign_out: document.end_session_endpoint,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://sso.example/realms/anam";

    fn document(token: &str) -> Vec<u8> {
        let document = json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://sso.example/auth",
            "token_endpoint": token,
            "jwks_uri": "https://sso.example/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        });
        document.to_string().into_bytes()
    }

    #[test]
    fn a_provider_is_read_and_another_one_is_not_believed() {
        let read_here = read(&document("https://sso.example/token"), ISSUER).expect("a document");
        assert!(read_here.secret_in_body && read_here.sign_out.is_none());
        assert_eq!(
            place("https://sso.example/"),
            "https://sso.example/.well-known/openid-configuration"
        );
        let other = read(&document("https://sso.example/token"), "https://sso.example");
        assert_eq!(other, Err(DiscoveryError::OtherIssuer(ISSUER.to_owned())));
        let open = read(&document("http://sso.example/token"), ISSUER);
        assert_eq!(open, Err(DiscoveryError::Open("http://sso.example/token".to_owned())));
        assert!(matches!(read(b"<html>", ISSUER), Err(DiscoveryError::Unreadable(_))));
    }
}
