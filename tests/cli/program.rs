//! Runs the program in a folder of its own.

#![allow(dead_code)] // Each test program uses its own part of it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The program with a folder for its files; it is run there, so that nothing depends on where the tests run.
pub struct Program {
    folder: TempDir,
    variables: Vec<(&'static str, &'static str)>,
}

/// What a run left.
pub struct Run {
    pub code: i32,
    pub output: String,
    pub errors: String,
}

impl Program {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), variables: Vec::new() }
    }

    /// With a variable of the environment.
    pub fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    /// A file in its folder.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The address of a database in its folder.
    pub fn database(&self) -> String {
        format!("sqlite:{}", self.path("hub.db"))
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        self.finish(self.command(arguments).stdin(Stdio::null()))
    }

    /// With a file as standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Run {
        let input = File::open(input).expect("an input");
        self.finish(self.command(arguments).stdin(input))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dankun"));
        command.args(arguments).current_dir(self.folder.path());
        for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            command.env_remove(name);
        }
        let ours =
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("DANKUN_"));
        for (name, _) in ours {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().copied());
        command
    }

    fn finish(&self, command: &mut Command) -> Run {
        let output = command.output().expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Run {
            code: output.status.code().expect("an exit code"),
            output: text(&output.stdout),
            errors: text(&output.stderr),
        }
    }
}

impl Run {
    #[track_caller]
    pub fn ends_with_code(&self, code: i32) {
        assert_eq!(self.code, code, "output: {}\nerrors: {}", self.output, self.errors);
    }

    /// The JSON values of the output, one a line.
    pub fn values(&self) -> Vec<serde_json::Value> {
        values(&self.output)
    }
}

/// The JSON values of a file, one a line.
pub fn told(path: &str) -> Vec<serde_json::Value> {
    values(&fs::read_to_string(path).expect("a file of JSON lines"))
}

fn values(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// One of the exports that the demo loads.
pub fn demo_file(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo").join(name).display().to_string()
}

/// A hub that serves in the background; it is ended when it is dropped.
pub struct Serving {
    child: Child,
    /// Where it listens.
    pub url: String,
}

impl Program {
    /// Serves the database of its folder on a free port.
    pub fn serve(&self) -> Serving {
        let database = self.database();
        let mut child = self
            .command(&["serve", "--listen", "127.0.0.1:0", "--database", &database])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let output = child.stdout.take().expect("a pipe");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let url = lines.find_map(|line| {
            let (_, at) = line.split_once("http://").filter(|(_, at)| !at.contains("/ui/"))?;
            Some(format!("http://{}", at.trim()))
        });
        Serving { child, url: url.expect("the address on which the hub listens") }
    }
}

impl Serving {
    /// Tells the hub to stop, as a service manager does; whether it ended well.
    pub fn stop(mut self) -> bool {
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        told.is_ok_and(|told| told.success()) && self.child.wait().is_ok_and(|end| end.success())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
