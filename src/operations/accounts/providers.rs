//! Letting people in whom their institution knows: [`crate::oidc`] says what is asked and believed, here it is asked, and
//! the account found whose holder it is.
//!
//! Nothing is kept between the way out and the way back but what the browser holds: a secret, of which state and nonce are
//! keyed hashes. So what comes back counts in the browser that went out, within ten minutes, and once: the provider
//! changes a code into a token a single time, and the browser is told to forget.

mod met;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::super::Hub;
use super::links::secret;
use super::sign_in::{self, Entered};
use super::{MINUTE, noted, sessions};
use crate::delivery::client::ClientError;
use crate::delivery::fetch::{Fetch, FetchError};
use crate::model::{AccountName, Instant, Language};
use crate::oidc::discovery::DiscoveryError;
use crate::oidc::flow::{self, Ask};
use crate::oidc::settings::{Provider, SecondFactor, Settings};
use crate::oidc::token::{Expected, Holder, TokenError};
use crate::store::StoreError;
use met::{Known, Met};

/// How long the way to a provider and back may take, in milliseconds: somebody looks for their telephone.
const WAY: i64 = 10 * MINUTE;

/// The providers with which people may sign in.
pub struct Providers {
    origin: String,
    fetch: Fetch,
    known: BTreeMap<String, Known>,
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No provider of this name.
    #[error("no such provider")]
    Unknown,
    /// The provider does not answer.
    #[error("the provider does not answer")]
    Unreachable(#[from] FetchError),
    /// What it says of itself is not believed.
    #[error("the provider does not describe itself soundly")]
    Undescribed(#[from] DiscoveryError),
    /// The browser did not go out, too long ago, or comes back with something else.
    #[error("to be begun again")]
    Begin,
    /// The provider did not let them in, or they gave up.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// Its token is not believed.
    #[error("the provider's token: {0}")]
    Token(#[from] TokenError),
    /// The holder has no account here that is open.
    #[error("no account here")]
    Stranger(Holder),
    /// A second factor is demanded, and there is none.
    #[error("no second factor")]
    OneFactor,
}

impl ProviderError {
    /// The end of the key of its message, and its name in the log.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Store(_) => "store",
            Self::Unknown => "unknown",
            Self::Unreachable(_) => "unreachable",
            Self::Undescribed(_) => "undescribed",
            Self::Begin => "begin",
            Self::Refused(_) => "refused",
            Self::Token(_) => "token",
            Self::Stranger(_) => "stranger",
            Self::OneFactor => "one-factor",
        }
    }
}

/// A way to a provider that begins.
pub struct Way {
    /// Where the browser is sent.
    pub address: String,
    /// What it holds until it comes back.
    pub held: Zeroizing<String>,
}

/// What a browser comes back with.
pub struct Back<'b> {
    /// What it holds.
    pub held: &'b str,
    /// Beside the code.
    pub state: &'b str,
    /// To be changed into a token.
    pub code: &'b str,
    /// Why there is none; empty when there is one.
    pub error: &'b str,
    /// Who says so, where the provider says it (RFC 9207); empty when it does not.
    pub issuer: &'b str,
    /// The browser, as it names itself.
    pub agent: &'b str,
}

/// Somebody who came back.
pub struct Returned {
    /// How far they are.
    pub entered: Entered,
    /// Where they wanted to.
    pub to: String,
}

impl Providers {
    /// Those of a file. `secret` finds the secret of a provider.
    ///
    /// # Errors
    /// When the certificates of the system cannot be read.
    pub fn new(
        settings: Settings,
        secret: impl Fn(&Provider) -> Option<Zeroizing<String>>,
    ) -> Result<Self, ClientError> {
        let known = |(name, provider): (String, Provider)| {
            let secret = secret(&provider);
            (name, Known::new(provider, secret))
        };
        Ok(Self {
            origin: settings.origin,
            fetch: Fetch::new()?,
            known: settings.providers.into_iter().map(known).collect(),
        })
    }

    /// Their names, and what people call them.
    #[must_use]
    pub fn titles(&self, language: Language) -> Vec<(String, String)> {
        let title = |(name, known): (&String, &Known)| {
            (name.clone(), known.provider.title(language).to_owned())
        };
        self.known.iter().map(title).collect()
    }

    /// What people call one of them.
    #[must_use]
    pub fn title(&self, name: &str, language: Language) -> Option<String> {
        Some(self.known.get(name)?.provider.title(language).to_owned())
    }

    /// Whether there is one of this name.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    fn named(&self, name: &str) -> Result<&Known, ProviderError> {
        self.known.get(name).ok_or(ProviderError::Unknown)
    }

    /// Where a provider sends browsers back to.
    fn redirect(&self, name: &str) -> String {
        format!("{}/ui/sign-in/with/{name}/back", self.origin)
    }

    /// Begins the way to a provider; `to` is where the browser wants to in the end.
    ///
    /// # Errors
    /// When there is no such provider, or it does not answer.
    pub async fn begin(
        &self,
        hub: &Hub,
        name: &str,
        (to, language): (&str, Language),
    ) -> Result<Way, ProviderError> {
        let known = self.named(name)?;
        let met = known.met(&self.fetch, hub.now()).await?;
        let verifier = secret(hub);
        let begun = hub.now().as_millis().to_string();
        let proof = Proof { name, verifier: &verifier, begun: &begun, to };
        let (state, nonce) = (proof.state(hub), proof.nonce(hub));
        let ask = Ask {
            client_id: &known.provider.client_id,
            redirect: &self.redirect(name),
            state: &state,
            nonce: &nonce,
            verifier: &verifier,
            language: language.tag(),
        };
        let address = flow::address(&met.metadata.authorization, &ask);
        let held = format!("{}.{begun}.{}", *verifier, URL_SAFE_NO_PAD.encode(to));
        Ok(Way { address, held: held.into() })
    }

    /// Lets in whoever comes back with a code.
    ///
    /// # Errors
    /// Why not.
    pub async fn finish(
        &self,
        hub: &Hub,
        name: &str,
        back: &Back<'_>,
    ) -> Result<Returned, ProviderError> {
        let known = self.named(name)?;
        let mut pieces = back.held.splitn(3, '.');
        let (Some(verifier), Some(begun), Some(to)) = (pieces.next(), pieces.next(), pieces.next())
        else {
            return Err(ProviderError::Begin);
        };
        let to = URL_SAFE_NO_PAD.decode(to).ok().and_then(|to| String::from_utf8(to).ok());
        let to = to.ok_or(ProviderError::Begin)?;
        let proof = Proof { name, verifier, begun, to: &to };
        if !proof.holds(hub, back.state) {
            return Err(ProviderError::Begin);
        }
        if !back.issuer.is_empty() && back.issuer != known.provider.issuer {
            return Err(ProviderError::Token(TokenError::Issuer));
        }
        if !back.error.is_empty() || back.code.is_empty() {
            return Err(ProviderError::Refused(back.error.to_owned()));
        }
        let met = known.met(&self.fetch, hub.now()).await?;
        let code = (back.code, verifier, self.redirect(name));
        let token = known.exchange(&self.fetch, &met, code).await?;
        let holder = self.believe(hub, known, met, (&token, &proof.nonce(hub))).await?;
        let entered = let_in(hub, (name, &known.provider), holder, back.agent).await?;
        Ok(Returned { entered, to })
    }

    /// Checks a token; with the provider's newest keys when it is signed by one that is not known yet.
    async fn believe(
        &self,
        hub: &Hub,
        known: &Known,
        met: Met,
        (token, nonce): (&str, &str),
    ) -> Result<Holder, ProviderError> {
        let provider = &known.provider;
        let (issuer, client_id) = (provider.issuer.as_str(), provider.client_id.as_str());
        let expected = Expected { issuer, client_id, nonce, now: hub.now() };
        match met.check(token, &expected) {
            Err(TokenError::UnknownKey) => {
                let met = known.meet(&self.fetch, hub.now()).await?;
                Ok(met.check(token, &expected)?)
            }
            checked => Ok(checked?),
        }
    }

    /// Where a browser signs out of a provider; none where the provider has no such place.
    ///
    /// # Errors
    /// When there is no such provider, or it does not answer.
    pub async fn leaving(&self, hub: &Hub, name: &str) -> Result<Option<String>, ProviderError> {
        let known = self.named(name)?;
        let met = known.met(&self.fetch, hub.now()).await?;
        let back = format!("{}/ui/sign-in", self.origin);
        let address = |place: &String| flow::leaving(place, &known.provider.client_id, &back);
        Ok(met.metadata.sign_out.as_ref().map(address))
    }
}

/// What binds the way back to the way out.
struct Proof<'p> {
    name: &'p str,
    verifier: &'p str,
    begun: &'p str,
    to: &'p str,
}

impl Proof<'_> {
    fn state(&self, hub: &Hub) -> String {
        let parts = [self.name, self.verifier, self.begun, self.to];
        hex::encode(hub.store().keys().hash("provider state", &parts).as_bytes())
    }

    fn nonce(&self, hub: &Hub) -> String {
        let parts = [self.name, self.verifier, self.begun];
        hex::encode(hub.store().keys().hash("provider nonce", &parts).as_bytes())
    }

    fn holds(&self, hub: &Hub, state: &str) -> bool {
        let begun = self.begun.parse().ok().map(Instant::from_millis);
        let in_time = begun.is_some_and(|begun| begun.plus_millis(WAY) > hub.now());
        let same: bool = self.state(hub).as_bytes().ct_eq(state.as_bytes()).into();
        in_time && same
    }
}

/// Lets in the holder of an account, or asks for the code of a second factor.
async fn let_in(
    hub: &Hub,
    (name, provider): (&str, &Provider),
    holder: Holder,
    agent: &str,
) -> Result<Entered, ProviderError> {
    let keys = hub.store().keys();
    let row = match account(provider, &holder) {
        Some(account) => hub.store().read().await?.account_by_name(keys, account).await?,
        None => None,
    };
    let mut tx = hub.store().begin().await?;
    let Some(row) = row.filter(|row| row.disabled_at.is_none()) else {
        // Whoever it is has no name here.
        let about = json!({ "provider": name });
        noted(hub, &mut tx, (sign_in::NOBODY, "sign_in", "refused"), None, about).await?;
        tx.commit().await?;
        return Err(ProviderError::Stranger(holder));
    };
    let has_code = row.second_factor.is_some();
    let asks = match provider.second_factor {
        _ if holder.several_factors => false,
        SecondFactor::Provider => false,
        SecondFactor::Own | SecondFactor::Required => has_code,
    };
    let lacks = provider.second_factor == SecondFactor::Required;
    if lacks && !holder.several_factors && !has_code {
        sign_in::tell(hub, &mut tx, Some(&row), "refused").await?;
        tx.commit().await?;
        return Err(ProviderError::OneFactor);
    }
    let begun = sessions::begin(hub, &mut tx, row.id, agent, !asks).await?;
    if asks {
        tx.commit().await?;
        return Ok(Entered::CodeNeeded(begun.secret));
    }
    Ok(Entered::In(sign_in::let_in(hub, tx, &row, begun, Some(name)).await?))
}

/// The account that the file says is theirs: by what the provider calls them, else by an address that it has verified.
fn account<'p>(provider: &'p Provider, holder: &Holder) -> Option<&'p AccountName> {
    let by_subject = provider.subjects.get(holder.subject.expose());
    by_subject.or_else(|| provider.emails.get(holder.email.as_ref()?.expose()))
}
