//! A progress bar with rate and time left, when a person watches.

use std::io::{self, IsTerminal, Read};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::screen::Screen;

/// How often the bar is drawn again; more often only burns the terminal's time.
const DRAWN_EVERY: Duration = Duration::from_millis(200);

/// The progress of one long piece of work; silent when standard error is no terminal.
#[derive(Clone, Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// Progress through a known number of bytes (`None`: unknown, as from a pipe).
    #[must_use]
    pub fn of_bytes(what: &str, total: Option<u64>, screen: &Screen) -> Self {
        if screen.json() || !io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr_with_hz(5));
        let left = screen.text("cli-time-left", &[]);
        let template = match total {
            Some(_) => format!(
                "{{msg}} {{wide_bar}} {{bytes}}/{{total_bytes}} {{bytes_per_sec}} {left} {{eta}}"
            ),
            None => "{msg} {spinner} {bytes} {bytes_per_sec}".to_owned(),
        };
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(DRAWN_EVERY);
        Self(bar)
    }

    /// Progress through records whose number is told on the way.
    #[must_use]
    pub fn of_records(what: &str, screen: &Screen) -> Self {
        if screen.json() || !io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
        let left = screen.text("cli-time-left", &[]);
        let template = format!("{{msg}} {{wide_bar}} {{pos}}/{{len}} {left} {{eta}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        Self(bar)
    }

    /// So many of so many are done.
    pub fn at(&self, done: u64, total: u64) {
        self.0.set_length(total.max(done));
        self.0.set_position(done);
    }

    /// A reader that moves the bar.
    pub fn reading<R: Read>(&self, reader: R) -> Counted<R> {
        Counted { reader, bar: self.0.clone() }
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// A reader whose bytes are shown as progress.
#[derive(Debug)]
pub struct Counted<R> {
    reader: R,
    bar: ProgressBar,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}
