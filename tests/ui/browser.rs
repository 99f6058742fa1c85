//! A browser without a script: it keeps cookies, follows redirects, fills in the forms that a page has.

use std::collections::BTreeMap;

use dankun::model::{Caller, Role};
use dankun::operations::accounts::{self, NewAccount};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};

use crate::server::Server;

/// A password that will do.
pub const PASSWORD: &str = "three goats cross the bridge";

pub struct Browser {
    client: Client,
    origin: String,
    cookies: BTreeMap<String, String>,
    /// What `Accept-Language` says.
    pub language: &'static str,
}

/// A page as it came.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: u16,
    pub path: String,
    pub html: String,
    pub policy: String,
}

impl Browser {
    pub fn new(server: &Server) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let origin = format!("http://{}", server.address);
        Self { client, origin, cookies: BTreeMap::new(), language: "en" }
    }

    /// Signed in as somebody new of this role, in a scheme or in the whole hub.
    pub async fn of(server: &Server, name: &str, role: Role, scheme: Option<&str>) -> Self {
        let new = NewAccount {
            name: name.parse().unwrap(),
            role,
            scheme: scheme.map(|scheme| scheme.parse().unwrap()),
        };
        let by = Caller::local_operator();
        let (account, secret) = accounts::create(&server.hub, &by, new).await.unwrap();
        accounts::accept(&server.hub, &secret, &account.name, PASSWORD).await.unwrap();
        let mut browser = Self::new(server);
        browser.sign_in(name, PASSWORD).await;
        browser
    }

    /// The cookie of a name, as the browser would show it.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Shows from now on what another browser showed.
    pub fn show(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.client.get(format!("{}{path}", self.origin));
        self.go(request, path).await
    }

    /// Where a page leads to, without going there.
    pub async fn leads_to(&mut self, path: &str) -> String {
        let request = self.client.get(format!("{}{path}", self.origin));
        let response = self.send(request).await;
        assert!(response.status().is_redirection(), "{path}: {}", response.status());
        response.headers()[LOCATION].to_str().unwrap().to_owned()
    }

    /// Opens a page and sends its form to `action`, with what somebody filled in.
    pub async fn submit(&mut self, page: &str, action: &str, filled: &[(&str, &str)]) -> Page {
        let shown = self.get(page).await;
        let token = shown.between("name=\"form\" value=\"", "\"");
        let mut fields = vec![("form", token.as_str())];
        fields.extend_from_slice(filled);
        self.post_from(page, action, &fields).await
    }

    /// Sends fields as they are.
    pub async fn post(&mut self, action: &str, fields: &[(&str, &str)]) -> Page {
        self.post_from("/ui", action, fields).await
    }

    async fn post_from(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self
            .client
            .post(format!("{}{action}", self.origin))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("referer", format!("{}{page}", self.origin))
            .body(body);
        self.go(request, action).await
    }

    /// Sends fields and a file by a form that takes files; the form is that of `page`, unless a field says another.
    pub async fn upload(
        &mut self,
        page: &str,
        fields: &[(&str, &str)],
        file: Option<(&str, &[u8])>,
    ) -> Page {
        let mut body = Vec::new();
        let part = |about: &str, value: &[u8], body: &mut Vec<u8>| {
            let head = format!("--cut\r\ncontent-disposition: form-data; {about}\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(value);
            body.extend_from_slice(b"\r\n");
        };
        if !page.is_empty() {
            let token = self.get(page).await.between("name=\"form\" value=\"", "\"");
            part("name=\"form\"", token.as_bytes(), &mut body);
        }
        for (name, value) in fields {
            part(&format!("name=\"{name}\""), value.as_bytes(), &mut body);
        }
        let (name, bytes) = file.unwrap_or_default();
        part(&format!("name=\"file\"; filename=\"{name}\""), bytes, &mut body);
        body.extend_from_slice(b"--cut--\r\n");
        let request = self.client.post(format!("{}/ui/send", self.origin));
        let kind = "multipart/form-data; boundary=cut";
        self.go(request.header("content-type", kind).body(body), "/ui/send").await
    }

    /// Opens a page and sends its form with a file, as a browser without a script does.
    pub async fn send_file(&mut self, page: &str, fields: &[(&str, &str)], file: &[u8]) -> Page {
        let shown = self.get(page).await;
        let token = shown.between("name=\"form\" value=\"", "\"");
        let mut body = Vec::new();
        for (name, value) in [("form", token.as_str())].iter().chain(fields) {
            let part = format!(
                "--cut\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        let head =
            "--cut\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--cut--\r\n");
        let request = self
            .client
            .post(format!("{}{page}", self.origin))
            .header("content-type", "multipart/form-data; boundary=cut")
            .body(body);
        self.go(request, page).await
    }

    pub async fn sign_in(&mut self, name: &str, password: &str) -> Page {
        let filled = [("name", name), ("password", password)];
        self.submit("/ui/sign-in", "/ui/sign-in", &filled).await
    }

    async fn go(&mut self, request: RequestBuilder, path: &str) -> Page {
        let mut response = self.send(request).await;
        let mut path = path.to_owned();
        while response.status().is_redirection() {
            path = response.headers()[LOCATION].to_str().unwrap().to_owned();
            let next = self.client.get(format!("{}{path}", self.origin));
            response = self.send(next).await;
        }
        let policy = response.headers().get("content-security-policy");
        let policy = policy.map_or("", |value| value.to_str().unwrap()).to_owned();
        let status = response.status().as_u16();
        Page { status, path, policy, html: response.text().await.unwrap() }
    }

    async fn send(&mut self, request: RequestBuilder) -> Response {
        let shown: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request =
            request.header(COOKIE, shown.join("; ")).header("accept-language", self.language);
        let response = request.send().await.expect("the hub answers");
        for given in response.headers().get_all(SET_COOKIE) {
            let given = given.to_str().unwrap();
            let (name, value) = given.split(';').next().unwrap().split_once('=').unwrap();
            if given.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }
}

impl Page {
    /// The text between two others, where they first stand.
    pub fn between(&self, before: &str, after: &str) -> String {
        let found = self.html.split_once(before).and_then(|(_, rest)| rest.split_once(after));
        found
            .unwrap_or_else(|| panic!("no `{before}` in {}: {}", self.path, self.html))
            .0
            .to_owned()
    }

    /// Every field for one line that the page has, hidden ones too, with its value.
    pub fn inputs(&self) -> Vec<(String, String)> {
        let attribute = |tag: &str, name: &str| {
            let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
            let value = rest.split('"').next().unwrap_or_default();
            let signs =
                [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
            Some(
                signs
                    .iter()
                    .fold(value.to_owned(), |text, (sign, letter)| text.replace(sign, letter)),
            )
        };
        let tags = self.html.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
        tags.filter(|tag| !tag.contains("type=\"checkbox\""))
            .filter_map(|tag| {
                Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))
            })
            .collect()
    }

    /// Fails, with the page, unless it holds this text.
    pub fn says(&self, text: &str) -> &Self {
        assert!(
            self.html.contains(text),
            "no `{text}` in {} ({}): {}",
            self.path,
            self.status,
            self.html
        );
        self
    }

    /// Fails, with the page, when it holds this text.
    pub fn lacks(&self, text: &str) -> &Self {
        assert!(!self.html.contains(text), "`{text}` in {}: {}", self.path, self.html);
        self
    }
}
