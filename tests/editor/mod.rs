//! An editor of a few lines: frames of JSON-RPC to and from the real program.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// An editor with the program that serves it, in the folder of this repository.
pub struct Editor {
    server: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// Messages that came while another was waited for.
    unread: Vec<Value>,
    requests: u64,
    uri: String,
}

impl Editor {
    /// Starts the program and says hello in a language.
    pub fn start(arguments: &[&str], locale: &str) -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_dankun"))
            .args(["mapping", "lsp"])
            .args(arguments)
            .env_remove("DANKUN_LANG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        let input = server.stdin.take();
        let output = BufReader::new(server.stdout.take().expect("its output"));
        let mut editor =
            Self { server, input, output, unread: Vec::new(), requests: 0, uri: String::new() };
        let folder = json!([{ "uri": uri_of(""), "name": "dankun" }]);
        let hello = json!({ "processId": null, "capabilities": {}, "locale": locale, "workspaceFolders": folder });
        let answer = editor.request("initialize", hello);
        assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
        editor.notify("initialized", json!({}));
        editor
    }

    /// Opens a document, of which all that follows speaks.
    pub fn open(&mut self, path: &str, text: &str) {
        self.uri = uri_of(path);
        let document = json!({ "uri": self.uri, "languageId": "yaml", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Changes it.
    pub fn change(&mut self, version: i32, changes: Value) {
        let document = json!({ "uri": self.uri, "version": version });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.notify("textDocument/didChange", params);
    }

    /// Closes it, and waits for its problems to be taken back.
    pub fn close(&mut self) {
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": self.uri } }));
        let uri = self.uri.clone();
        let gone = self.wait(|message| {
            let params = &message["params"];
            params["uri"] == uri && params["version"].is_null() && !params["diagnostics"].is_null()
        });
        assert_eq!(gone["params"]["diagnostics"], json!([]));
    }

    /// The problems of this version of the document.
    pub fn problems(&mut self, version: i32) -> Vec<Value> {
        let uri = self.uri.clone();
        let message = self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && message["params"]["version"] == version
        });
        message["params"]["diagnostics"].as_array().cloned().unwrap_or_default()
    }

    /// Asks about the document.
    pub fn ask(&mut self, method: &str, mut params: Value) -> Value {
        params["textDocument"] = json!({ "uri": self.uri });
        self.request(method, params)
    }

    /// Asks about a place of the document.
    pub fn at(&mut self, method: &str, line: usize, character: usize) -> Value {
        self.ask(method, json!({ "position": { "line": line, "character": character } }))
    }

    /// Says goodbye, keeps its end of the stream open, and waits for the program to end.
    pub fn end(mut self) -> Option<i32> {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.server.wait().expect("the program ends").code()
    }

    /// Goes away without a word.
    pub fn vanish(mut self) -> Option<i32> {
        self.input = None;
        self.server.wait().expect("the program ends").code()
    }

    fn request(&mut self, method: &str, params: Value) -> Value {
        self.requests += 1;
        let id = self.requests;
        self.send(&message(method, params, Some(id)));
        let answer = self.wait(|message| message["id"] == id && message["method"].is_null());
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].clone()
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&message(method, params, None));
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let input = self.input.as_mut().expect("an open stream");
        write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("written");
        input.flush().expect("sent");
    }

    fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.unread.iter().position(&wanted) {
            return self.unread.remove(at);
        }
        loop {
            let message = self.receive();
            if wanted(&message) {
                return message;
            }
            self.unread.push(message);
        }
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).expect("a header") > 0, "the program is gone");
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", count)) => length = count.parse().expect("a length"),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).expect("a body");
        serde_json::from_slice(&body).expect("JSON")
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.server.wait();
    }
}

fn message(method: &str, params: Value, id: Option<u64>) -> Value {
    let mut message = json!({ "jsonrpc": "2.0", "method": method });
    if !params.is_null() {
        message["params"] = params;
    }
    if let Some(id) = id {
        message["id"] = json!(id);
    }
    message
}

fn uri_of(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    format!("file://{}", root.join(path).display())
}

/// Line and UTF-16 column, from 0, of the first place where `wanted` stands.
pub fn at(text: &str, wanted: &str) -> (usize, usize) {
    let (before, _) = text.split_once(wanted).unwrap_or_else(|| panic!("no `{wanted}`"));
    let line = before.matches('\n').count();
    let start = before.rsplit('\n').next().unwrap_or_default();
    (line, start.encode_utf16().count())
}

/// Edits of a quick fix as changes of the document, the last first.
pub fn as_changes(edits: Value) -> Value {
    let edits = edits.as_array().cloned().unwrap_or_default().into_iter().rev();
    edits.map(|edit| json!({ "range": edit["range"], "text": edit["newText"] })).collect()
}
