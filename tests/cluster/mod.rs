//! Databases for tests: a fresh SQLite file, or a fresh database in a throw-away PostgreSQL cluster.
//!
//! ```ignore
//! mod cluster;
//!
//! cluster::both! {
//!     async fn a_sentence_about_the_store(place: cluster::Place) {
//!         let store = place.open().await;
//!     }
//! }
//! ```
//!
//! The cluster starts once a test process and ends with it, however it ends. `DANKUN_TEST_POSTGRES` names a running
//! server instead (`postgres:///postgres?host=…&port=…&user=…`; the user must be allowed to create databases).

#![allow(dead_code)] // Each test program uses its own part of the harness.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use dankun::store::{Keys, Store};
use sqlx::{Connection as _, PgConnection};

/// A database for one test, empty at first.
pub struct Place {
    /// As `--database` takes it.
    pub url: String,
    /// Holds the key file and, on SQLite, the database; removed with the test.
    folder: tempfile::TempDir,
}

impl Place {
    /// An SQLite file in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("hub.db").display());
        Self { url, folder }
    }

    /// A new database in the cluster of this process.
    pub async fn postgres() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let server = server();
        let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let mut admin = PgConnection::connect(server).await.expect("the test server answers");
        let create = format!("create database {name} template template0");
        sqlx::raw_sql(sqlx::AssertSqlSafe(create))
            .execute(&mut admin)
            .await
            .expect("the test user may create databases");
        admin.close().await.expect("the server lets go");
        Self {
            url: server.replacen("/postgres?", &format!("/{name}?"), 1),
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// Another one, on a database of the same kind.
    pub async fn another(&self) -> Self {
        if self.url.starts_with("sqlite") { Self::sqlite() } else { Self::postgres().await }
    }

    /// The key file of this place.
    pub fn key_file(&self) -> PathBuf {
        self.folder.path().join("hub.key")
    }

    /// A folder for whatever else the test writes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The keys of this place, the same ones each time.
    pub fn keys(&self) -> Keys {
        Keys::load_or_create(&self.key_file()).expect("a key file")
    }

    /// Opens the store; a second call opens the same data again.
    pub async fn open(&self) -> Store {
        Store::open(&self.url, self.keys()).await.expect("the store opens")
    }
}

/// Each test in it runs on SQLite and on PostgreSQL.
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($place:ident: $type:ty) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn run($place: $type) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                run(cluster::Place::sqlite()).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                run(cluster::Place::postgres().await).await;
            }
        }
    )*};
}
pub(crate) use both;

/// The address of a PostgreSQL server to make databases in.
fn server() -> &'static str {
    static SERVER: OnceLock<Server> = OnceLock::new();
    &SERVER.get_or_init(Server::start).url
}

struct Server {
    url: String,
    /// Its standard input ends with this process, and the cluster with it.
    _script: Option<Child>,
}

impl Server {
    fn start() -> Self {
        if let Ok(url) = std::env::var("DANKUN_TEST_POSTGRES") {
            return Self { url, _script: None };
        }
        // In the system's temporary folder: the path of a unix socket may have some 100 bytes only.
        let folder = std::env::temp_dir().join(format!("dankun-pg-{}", std::process::id()));
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/postgres.sh");
        let mut child = Command::new(script)
            .arg("run")
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the cluster's script can be run");
        let output = child.stdout.take().expect("its output is piped");
        let mut url = String::new();
        BufReader::new(output).read_line(&mut url).expect("its output can be read");
        assert!(!url.is_empty(), "no PostgreSQL for the tests: run `make test`, which installs it");
        Self { url: url.trim().to_owned(), _script: Some(child) }
    }
}
