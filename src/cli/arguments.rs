//! What may stand on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::{
    accounts, answer, ask, demo, doctor, export, identity, keys, link, mapping, person, push,
    review, serve, translate, validate,
};
use crate::model::Language;

/// The variable that chooses the language of everything that is said.
pub const LANGUAGE: &str = "DANKUN_LANG";

/// A hub between insurance schemes: receives, validates, translates, links, answers.
#[derive(Debug, Parser)]
#[command(name = "dankun", version, propagate_version = true)]
pub struct Arguments {
    /// Settings that every command takes.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Settings that every command takes.
#[derive(Debug, Args)]
pub struct Common {
    /// Language of messages: fr or en [default: from the locale, else fr]
    #[arg(long, global = true, env = LANGUAGE, hide_env_values = true, value_name = "LANG", value_parser = language)]
    pub lang: Option<Language>,
    /// Output for machines: JSON, one value a line
    #[arg(long, global = true)]
    pub json: bool,
    /// Directory of mappings, schemes and agreements that add to or override the built-in ones
    #[arg(
        long,
        global = true,
        env = "DANKUN_MAPPINGS",
        hide_env_values = true,
        value_name = "DIR"
    )]
    pub mappings: Option<PathBuf>,
    /// Directory of schemas that add to or override the built-in ones
    #[arg(long, global = true, env = "DANKUN_SCHEMAS", hide_env_values = true, value_name = "DIR")]
    pub schemas: Option<PathBuf>,
}

impl Common {
    /// The language asked for, else that of the locale, else French.
    #[must_use]
    pub fn language(&self) -> Language {
        Self::or_of_the_locale(self.lang)
    }

    /// A language, else that of the locale, else French.
    #[must_use]
    pub fn or_of_the_locale(asked: Option<Language>) -> Language {
        // The order in which POSIX looks up the language of messages.
        let locale = || {
            ["LC_ALL", "LC_MESSAGES", "LANG"]
                .into_iter()
                .filter_map(|name| std::env::var(name).ok())
                .find(|value| !value.is_empty())
        };
        asked.or_else(|| Language::from_tag(&locale()?)).unwrap_or_default()
    }
}

fn language(tag: &str) -> Result<Language, String> {
    Language::from_tag(tag).ok_or_else(|| "fr, en".to_owned())
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tell the whole story on invented data: from eight exports to an answer
    Demo(demo::Args),
    /// Run the hub
    Serve(serve::Args),
    /// Send files of a scheme to a hub
    Push(push::Args),
    /// Report every problem of a file, without a hub
    Validate(validate::Args),
    /// Translate a file from one format to another, without a hub
    Translate(translate::Args),
    /// Find the records of one person in any CSV files, without a hub
    Link(link::Args),
    /// Ask whether a person is covered
    Ask(ask::Args),
    /// Check signed answers without a network; look after the keys that sign them
    Answer(answer::Args),
    /// Write links, pairs, refusals, people or records of a hub to a file
    Export(export::Args),
    /// Check, test and explain mappings
    Mapping(mapping::Args),
    /// Answer what the hub asks of people: pairs of records that may be one person
    Review(review::Args),
    /// Look at people and put right who is whom
    Person(person::Args),
    /// Look at everybody together: conflicts between schemes, quality of the links
    Identity(identity::Args),
    /// Create, list and revoke the keys with which schemes and partners call
    Keys(keys::Args),
    /// Create, list, reset and close the accounts of people who work at the hub's page
    Accounts(accounts::Args),
    /// Look after the health of an installation
    Doctor(doctor::Args),
}
