//! The command line: one file a command, all of them thin. `dankun --help` is the manual.
//!
//! A command reads its arguments, calls `operations` (or, offline, the pure core) and says what came
//! of it, in the language of the caller, or as JSON for machines. What it learnt becomes the exit
//! code: 0 done, 1 done but some records were refused, 2 wrong use, 3 failed.

mod accounts;
mod answer;
mod arguments;
mod ask;
mod canonical;
mod connection;
mod data_date;
mod demo;
mod doctor;
mod door;
mod export;
mod failure;
mod help;
mod identity;
mod input;
mod keys;
mod library;
mod link;
mod loss;
mod mapping;
mod person;
mod progress;
mod push;
mod refusals;
mod report;
mod review;
mod screen;
mod serve;
mod translate;
mod validate;

use std::process::ExitCode;

pub use arguments::Arguments;
use arguments::Command;
use failure::{Failure, Outcome};
use screen::Screen;

use crate::messages;

/// Runs the program on its own arguments; what `main` returns.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = help::arguments();
    let screen = Screen::new(arguments.common.language(), arguments.common.json);
    match run(arguments, &screen) {
        Ok(Outcome::Done) | Err(Failure::ReaderGone) => ExitCode::SUCCESS,
        Ok(Outcome::SomeRefused) => ExitCode::from(1),
        Err(failure) => {
            let reason = failure.say(screen.language());
            let said =
                messages::text(screen.language(), "cli-failure", &[("reason", reason.into())]);
            eprintln!("{said}");
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(Arguments { common, command }: Arguments, screen: &Screen) -> Result<Outcome, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::operation)?;
    runtime.block_on(async {
        match command {
            Command::Serve(args) => serve::run(&args, &common, screen).await,
            Command::Push(args) => push::run(&args, &common, screen).await,
            Command::Validate(args) => validate::run(&args, &common, screen),
            Command::Translate(args) => translate::run(&args, &common, screen),
            Command::Demo(args) => demo::run(&args, &common, screen).await,
            Command::Link(args) => link::run(&args, screen),
            Command::Ask(args) => ask::run(&args, &common, screen).await,
            Command::Answer(args) => answer::run(args, &common, screen).await,
            Command::Export(args) => export::run(&args, &common, screen).await,
            Command::Mapping(args) => mapping::run(&args, &common, screen).await,
            Command::Review(args) => review::run(&args, &common, screen).await,
            Command::Person(args) => person::run(&args, &common, screen).await,
            Command::Identity(args) => identity::run(&args, &common, screen).await,
            Command::Keys(args) => keys::run(args, &common, screen).await,
            Command::Accounts(args) => accounts::run(args, &common, screen).await,
            Command::Doctor(args) => doctor::run(&args, &common, screen).await,
        }
    })
}
