//! The file that says with which providers people may sign in, and which account is whose.
//!
//! Nobody gets an account or a right by it: it names accounts that the hub has already.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::is_private;
use crate::model::{AccountName, Language};

/// Providers, and how the hub is called from outside.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// Such as `https://hub.example.org`, without an end.
    pub origin: String,
    /// By the names that stand in addresses.
    pub providers: BTreeMap<String, Provider>,
}

/// An institution that answers for its people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Provider {
    title: Title,
    /// Its address, exactly as it names itself.
    pub issuer: String,
    /// As it knows the hub.
    pub client_id: String,
    /// Where the secret is that the hub shows it; a client without one proves itself by PKCE alone.
    pub secret: Option<SecretPlace>,
    /// When a code of the hub's own is asked for.
    pub second_factor: SecondFactor,
    /// Accounts by what the provider calls their holders.
    pub subjects: BTreeMap<String, AccountName>,
    /// Accounts by addresses that the provider has verified, in small letters.
    pub emails: BTreeMap<String, AccountName>,
}

impl Provider {
    /// What people call it.
    #[must_use]
    pub fn title(&self, language: Language) -> &str {
        match language {
            Language::French => &self.title.fr,
            Language::English => &self.title.en,
        }
    }
}

/// Where a secret is: never in the file itself, which others may read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SecretPlace {
    /// The first line of a file.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
}

/// When a code of the hub's own is asked for, of somebody of whom the provider did not ask several (`amr` without `mfa`,
/// RFC 8176).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// When the account has one.
    #[default]
    Own,
    /// Never: the provider's word is enough.
    Provider,
    /// Always; who has none is not let in.
    Required,
}

/// What is wrong with the file.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SettingsError {
    /// It is no such file.
    #[error("{0}")]
    Unreadable(String),
    /// The hub's own address is none.
    #[error("origin `{0}`")]
    Origin(String),
    /// A name that cannot stand in an address.
    #[error("provider `{0}`")]
    Name(String),
    /// Others could listen there.
    #[error("issuer of `{provider}`: `{issuer}`")]
    Issuer {
        /// Whose.
        provider: String,
        /// What was there.
        issuer: String,
    },
    /// Two places for one secret.
    #[error("secret of `{0}`")]
    Secret(String),
    /// Neither a subject nor an address, or both.
    #[error("account {at} of `{provider}`")]
    Linked {
        /// Whose.
        provider: String,
        /// Which, from 1.
        at: usize,
    },
    /// No account can have this name.
    #[error("account {at} of `{provider}`: `{account}`")]
    Account {
        /// Whose.
        provider: String,
        /// Which, from 1.
        at: usize,
        /// What was there.
        account: String,
    },
    /// One subject or address with two accounts.
    #[error("account {at} of `{provider}` is there twice")]
    Twice {
        /// Whose.
        provider: String,
        /// Which, from 1.
        at: usize,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    origin: String,
    providers: BTreeMap<String, ProviderFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderFile {
    title: Title,
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    client_secret_env: Option<String>,
    #[serde(default)]
    second_factor: SecondFactor,
    #[serde(default)]
    accounts: Vec<Linked>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    fr: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Linked {
    subject: Option<String>,
    email: Option<String>,
    account: String,
}

/// Reads the file.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(yaml: &str) -> Result<Settings, Vec<SettingsError>> {
    let file: File = serde_saphyr::from_str(yaml)
        .map_err(|error| vec![SettingsError::Unreadable(error.to_string())])?;
    let mut problems = Vec::new();
    let origin = file.origin.trim_end_matches('/').to_owned();
    if !is_private(&origin) {
        problems.push(SettingsError::Origin(file.origin));
    }
    let mut providers = BTreeMap::new();
    for (name, provider) in file.providers {
        let read = provider.read(&name, &mut problems);
        providers.insert(name, read);
    }
    if problems.is_empty() { Ok(Settings { origin, providers }) } else { Err(problems) }
}

impl ProviderFile {
    fn read(self, name: &str, problems: &mut Vec<SettingsError>) -> Provider {
        let provider = name.to_owned();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() > 40 || !name.chars().all(plain) {
            problems.push(SettingsError::Name(provider.clone()));
        }
        if !is_private(&self.issuer) {
            let issuer = self.issuer.clone();
            problems.push(SettingsError::Issuer { provider: provider.clone(), issuer });
        }
        let secret = match (self.client_secret_file, self.client_secret_env) {
            (None, None) => None,
            (Some(file), None) => Some(SecretPlace::File(file)),
            (None, Some(variable)) => Some(SecretPlace::Variable(variable)),
            (Some(_), Some(_)) => {
                problems.push(SettingsError::Secret(provider.clone()));
                None
            }
        };
        let (mut subjects, mut emails) = (BTreeMap::new(), BTreeMap::new());
        for (at, linked) in (1..).zip(self.accounts) {
            let provider = provider.clone();
            let Ok(account) = linked.account.parse::<AccountName>() else {
                let account = linked.account;
                problems.push(SettingsError::Account { provider, at, account });
                continue;
            };
            let before = match (linked.subject, linked.email) {
                (Some(subject), None) => subjects.insert(subject, account),
                (None, Some(email)) => emails.insert(email.to_lowercase(), account),
                (None, None) | (Some(_), Some(_)) => {
                    problems.push(SettingsError::Linked { provider, at });
                    continue;
                }
            };
            if before.is_some() {
                problems.push(SettingsError::Twice { provider, at });
            }
        }
        Provider {
            title: self.title,
            issuer: self.issuer,
            client_id: self.client_id,
            secret,
            second_factor: self.second_factor,
            subjects,
            emails,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read() {
        let settings = read(
            "origin: https://hub.example.org/
providers:
  anam:
    title: { fr: Compte de l’ANAM, en: ANAM account }
    issuer: https://sso.example/realms/anam
    client_id: dankun
    client_secret_env: ANAM_SECRET
    second_factor: required
    accounts:
      - { subject: \"248289\", account: awa.traore }
      - { email: Ben@Anam.example, account: ben.keita }
",
        );
        let settings = settings.expect("a sound file");
        assert_eq!(settings.origin, "https://hub.example.org");
        let anam = &settings.providers["anam"];
        assert_eq!(anam.title(Language::French), "Compte de l’ANAM");
        assert_eq!(anam.secret, Some(SecretPlace::Variable("ANAM_SECRET".to_owned())));
        assert_eq!(anam.subjects["248289"].as_str(), "awa.traore");
        assert_eq!(anam.emails["ben@anam.example"].as_str(), "ben.keita");
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let problems = read(
            "origin: http://hub.example.org
providers:
  A B:
    title: { fr: A, en: A }
    issuer: http://sso.example
    client_id: dankun
    client_secret_env: S
    client_secret_file: /s
    accounts:
      - { account: awa.traore }
      - { subject: a, account: \"Awa Traoré\" }
      - { subject: b, account: awa.traore }
      - { subject: b, account: ben.keita }
",
        )
        .expect_err("wrong in many ways");
        let provider = || "A B".to_owned();
        assert_eq!(
            problems,
            [
                SettingsError::Origin("http://hub.example.org".to_owned()),
                SettingsError::Name(provider()),
                SettingsError::Issuer {
                    provider: provider(),
                    issuer: "http://sso.example".to_owned()
                },
                SettingsError::Secret(provider()),
                SettingsError::Linked { provider: provider(), at: 1 },
                SettingsError::Account {
                    provider: provider(),
                    at: 2,
                    account: "Awa Traoré".to_owned()
                },
                SettingsError::Twice { provider: provider(), at: 4 },
            ]
        );
        assert!(matches!(
            read("origin: [").expect_err("no file")[..],
            [SettingsError::Unreadable(_)]
        ));
    }
}
