//! The file that says with which institutions people may sign in (`--sign-in`).

use std::path::Path;

use zeroize::Zeroizing;

use crate::cli::failure::Failure;
use crate::messages::{Value, text};
use crate::model::Language;
use crate::oidc::settings::{self, Provider, SecretPlace, SettingsError};
use crate::operations::accounts::providers::Providers;

/// The providers of a file.
///
/// # Errors
/// Everything that is wrong with the file; secrets that are not where it says.
pub fn read(path: &Path, language: Language) -> Result<Providers, Failure> {
    let yaml = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    let settings = settings::read(&yaml).map_err(|problems| {
        wrong(path, language, problems.iter().map(|problem| said(problem, language)))
    })?;
    let lacking = settings.providers.iter().filter_map(|(name, provider)| {
        let place = provider.secret.as_ref()?;
        let value = match place {
            SecretPlace::File(file) => file.display().to_string(),
            SecretPlace::Variable(variable) => variable.clone(),
        };
        let args = [("provider", name.clone().into()), ("value", value.into())];
        secret(provider).is_none().then(|| text(language, "sign-in-no-secret", &args))
    });
    let lacking: Vec<String> = lacking.collect();
    if !lacking.is_empty() {
        return Err(wrong(path, language, lacking));
    }
    Providers::new(settings, secret).map_err(Failure::operation)
}

/// The secret of a provider, when there is one where the file says.
fn secret(provider: &Provider) -> Option<Zeroizing<String>> {
    let found = match provider.secret.as_ref()? {
        SecretPlace::File(file) => std::fs::read_to_string(file).ok(),
        SecretPlace::Variable(variable) => std::env::var(variable).ok(),
    };
    let found = Zeroizing::new(found?);
    let line = found.lines().next().unwrap_or_default().trim();
    (!line.is_empty()).then(|| Zeroizing::new(line.to_owned()))
}

fn wrong(path: &Path, language: Language, problems: impl IntoIterator<Item = String>) -> Failure {
    let line = |problem: String| {
        let args = [("path", path.display().to_string().into()), ("problem", problem.into())];
        text(language, "sign-in-file", &args)
    };
    let lines: Vec<String> = problems.into_iter().map(line).collect();
    Failure::Configuration(lines.join("\n"))
}

fn said(problem: &SettingsError, language: Language) -> String {
    let word = |value: &String| Value::from(value.clone());
    let number = |at: &usize| Value::from(*at);
    match problem {
        SettingsError::Unreadable(reason) => {
            text(language, "sign-in-unreadable", &[("reason", word(reason))])
        }
        SettingsError::Origin(value) => text(language, "sign-in-origin", &[("value", word(value))]),
        SettingsError::Name(value) => text(language, "sign-in-name", &[("value", word(value))]),
        SettingsError::Issuer { provider, issuer } => {
            let args = [("provider", word(provider)), ("value", word(issuer))];
            text(language, "sign-in-issuer", &args)
        }
        SettingsError::Secret(provider) => {
            text(language, "sign-in-secret", &[("provider", word(provider))])
        }
        SettingsError::Linked { provider, at } => {
            let args = [("provider", word(provider)), ("at", number(at))];
            text(language, "sign-in-linked", &args)
        }
        SettingsError::Account { provider, at, account } => {
            let args = [("provider", word(provider)), ("at", number(at)), ("value", word(account))];
            text(language, "sign-in-account", &args)
        }
        SettingsError::Twice { provider, at } => {
            let args = [("provider", word(provider)), ("at", number(at))];
            text(language, "sign-in-twice", &args)
        }
    }
}
