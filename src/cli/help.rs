//! The manual in the language of its reader.
//!
//! What commands and options are for stands in English at the arguments themselves, where `clap` finds
//! it. In French it stands in `help/french.txt`, each text below the English one. What `clap` says of a
//! wrong command line stays English.

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::LazyLock;

use clap::builder::{PossibleValue, StyledStr};
use clap::{Arg, Command, CommandFactory, FromArgMatches};

use super::arguments::{Arguments, Common, LANGUAGE};
use crate::model::Language;

/// French texts by the English ones.
static FRENCH: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let blocks = include_str!("help/french.txt").split("\n\n");
    blocks.filter_map(|block| block.trim_end().split_once("\n= ")).collect()
});

/// Reads the arguments of this process; the manual, and what is wrong with them, ends it.
pub fn arguments() -> Arguments {
    let mut command = Arguments::command();
    if language(std::env::args_os()) == Language::French {
        command = manual_in_french(command);
    }
    Arguments::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit())
}

/// The language asked for by arguments of which nothing else is known yet.
fn language(arguments: impl Iterator<Item = OsString>) -> Language {
    let words: Vec<String> = arguments.filter_map(|word| word.into_string().ok()).collect();
    let option =
        words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix("--lang")? {
            "" => words.get(at + 1).cloned(),
            rest => rest.strip_prefix('=').map(str::to_owned),
        });
    let asked = option.or_else(|| std::env::var(LANGUAGE).ok());
    Common::or_of_the_locale(asked.and_then(|tag| Language::from_tag(&tag)))
}

/// The whole manual, with what `clap` adds of itself.
fn manual_in_french(mut command: Command) -> Command {
    // Options that all commands take, `--help` and `help` are there only when it is built.
    command.build();
    in_french(command)
}

fn in_french(mut command: Command) -> Command {
    if let Some(about) = command.get_about().map(|text| said(&text.to_string())) {
        command = command.about(about);
    }
    if let Some(long) = command.get_long_about().map(|text| said(&text.to_string())) {
        command = command.long_about(long);
    }
    command
        .subcommand_help_heading("Commandes")
        .mut_args(argument_in_french)
        .mut_subcommands(in_french)
}

fn argument_in_french(mut arg: Arg) -> Arg {
    let notes = notes(&arg);
    let noted = |text: &StyledStr| format!("{}{notes}", said(&text.to_string()));
    let (help, mut long) = (arg.get_help().map(noted), arg.get_long_help().map(noted));
    let values: Vec<String> = values(&arg).iter().filter_map(value_in_french).collect();
    if !values.is_empty() {
        let whole = long.as_ref().or(help.as_ref()).cloned().unwrap_or_default();
        long = Some(format!("{whole}\n\n{}", values.join("\n")));
    }
    if let Some(help) = help {
        arg = arg.help(help);
    }
    if let Some(long) = long {
        arg = arg.long_help(long);
    }
    arg.hide_env(true).hide_default_value(true).hide_possible_values(true)
}

/// What an option takes when nothing else is said, and what it may take.
fn notes(arg: &Arg) -> String {
    let mut notes = String::new();
    let mut note = |name: &str, value: &str| {
        notes.push_str(&format!(" [{name}\u{a0}: {value}]"));
    };
    if let Some(variable) = arg.get_env() {
        note("variable", &variable.to_string_lossy());
    }
    let defaults = arg.get_default_values().iter().map(|value| value.to_string_lossy());
    if arg.get_action().takes_values() && defaults.len() > 0 {
        note("par défaut", &defaults.collect::<Vec<_>>().join(" "));
    }
    let values = values(arg);
    if !values.is_empty() {
        let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
        note("valeurs", &names.join(", "));
    }
    notes
}

fn values(arg: &Arg) -> Vec<PossibleValue> {
    if arg.get_action().takes_values() { arg.get_possible_values() } else { Vec::new() }
}

/// One of the values that an option takes, where it is told what each means.
fn value_in_french(value: &PossibleValue) -> Option<String> {
    let help = value.get_help()?.to_string();
    Some(format!("- {}\u{a0}: {}", value.get_name(), said(&help)))
}

/// The French text; the English one when there is none, which a test would see.
fn said(english: &str) -> String {
    FRENCH.get(english).copied().unwrap_or(english).to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Everything that the manual says in English.
    fn texts(command: &Command, out: &mut BTreeSet<String>) {
        out.extend(command.get_about().map(ToString::to_string));
        out.extend(command.get_long_about().map(ToString::to_string));
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            out.extend(arg.get_help().map(ToString::to_string));
            out.extend(arg.get_long_help().map(ToString::to_string));
            out.extend(values(arg).iter().filter_map(|value| Some(value.get_help()?.to_string())));
        }
        command.get_subcommands().for_each(|command| texts(command, out));
    }

    #[test]
    fn the_whole_manual_is_there_in_french_and_nothing_else() {
        let mut command = Arguments::command();
        command.build();
        let mut english = BTreeSet::new();
        texts(&command, &mut english);
        let known: BTreeSet<String> = FRENCH.keys().map(|text| (*text).to_owned()).collect();
        assert!(known.len() > 150, "{}", known.len());
        let lacking: Vec<_> = english.difference(&known).collect();
        assert!(lacking.is_empty(), "not in help/french.txt: {lacking:#?}");
        let stale: Vec<_> = known.difference(&english).collect();
        assert!(stale.is_empty(), "in help/french.txt only: {stale:#?}");
    }

    #[test]
    fn the_language_is_known_before_anything_else_is() {
        let asked = |words: &[&str]| language(words.iter().map(OsString::from));
        assert_eq!(asked(&["dankun", "push", "--lang", "en", "--help"]), Language::English);
        assert_eq!(asked(&["dankun", "--help", "--lang=en"]), Language::English);
        assert_eq!(asked(&["dankun", "--lang", "fr", "--help"]), Language::French);
    }
}
