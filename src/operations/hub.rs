//! What every operation needs: the store, the compiled data files, the identity index, time and chance.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::civil::Date;
use rand::Rng as _;
use tokio::sync::Semaphore;

use super::answers::signer::Kept;
use super::gather::Gathers;
use super::intake;
use super::library::{Library, Problem};
use super::overview::Figures;
use super::publish::{self, Position, PublishError};
use crate::identity::Index;
use crate::model::Instant;
use crate::proof::SigningKey;
use crate::store::{Keys, Store, StoreError};

/// Where "now" comes from; tests bring their own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Instant + Send + Sync>);

impl Clock {
    /// The clock of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(|| Instant::from_millis(jiff::Timestamp::now().as_millisecond()))
    }

    /// Any other source of time.
    pub fn from_fn(now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }
}

/// Where random bytes come from; tests bring their own.
#[derive(Clone)]
pub struct Randomness(Arc<Fill>);

/// Fills a slice with random bytes.
type Fill = dyn Fn(&mut [u8]) + Send + Sync;

impl Randomness {
    /// The generator of the machine, fit for secrets.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(|bytes| rand::rng().fill_bytes(bytes))
    }

    /// Any other source.
    pub fn from_fn(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }
}

/// How a hub is opened.
pub struct HubConfig {
    /// `sqlite:path/to/hub.db` or `postgres://user@host/database`.
    pub database: String,
    /// The key file; absent: beside the SQLite file (`hub.db.key`), otherwise `dankun/dankun.key` in the user's folder
    /// for data, so that every command finds it from any directory.
    pub key_file: Option<PathBuf>,
    /// Directory whose files add to the embedded mappings or override them.
    pub mappings: Option<PathBuf>,
    /// Directory whose files add to the embedded schemas or override them.
    pub schemas: Option<PathBuf>,
    /// Time.
    pub clock: Clock,
    /// Chance.
    pub randomness: Randomness,
}

impl HubConfig {
    /// A hub on this database, with the embedded data files, the machine's clock and its randomness.
    #[must_use]
    pub fn new(database: impl Into<String>) -> Self {
        Self {
            database: database.into(),
            key_file: None,
            mappings: None,
            schemas: None,
            clock: Clock::system(),
            randomness: Randomness::system(),
        }
    }

    /// The key file that will be used.
    #[must_use]
    pub fn key_path(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| {
            let path = self.database.strip_prefix("sqlite:").map(|path| {
                let path = path.strip_prefix("//").unwrap_or(path);
                path.split('?').next().unwrap_or(path)
            });
            path.map_or_else(
                || data_folder().join("dankun.key"),
                |path| PathBuf::from(format!("{path}.key")),
            )
        })
    }
}

/// Where the user's programs keep their data (XDG base directories), or the current directory for a user without home.
fn data_folder() -> PathBuf {
    let stated =
        std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = stated.or_else(|| std::env::home_dir().map(|home| home.join(".local/share")));
    folder.map_or_else(PathBuf::new, |folder| folder.join("dankun"))
}

/// Why a hub does not open.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The database or the key file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data files on disk do not compile.
    #[error("{} problems in the data files, the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Library(Vec<Problem>),
    /// The published data files do not compile.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// Passwords hashed at once.
const HASHING: usize = 2;

/// A hub at work; cheap to clone.
#[derive(Clone)]
pub struct Hub {
    store: Store,
    shared: Arc<Shared>,
    clock: Clock,
    randomness: Randomness,
}

struct Shared {
    library: RwLock<(Arc<Library>, Position)>,
    index: RwLock<Index>,
    /// The key that signs answers, while it is known to count.
    signer: RwLock<Kept>,
    /// Turns of hashing passwords: each takes 19 MiB.
    hashing: Semaphore,
    /// Calls that come at the same moment, worked on together.
    gathers: Gathers,
    /// Figures of everything that is kept.
    figures: Figures,
}

impl fmt::Debug for Hub {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Hub({:?})", self.store.dialect())
    }
}

impl Hub {
    /// Opens the store, migrates it, and compiles the data files that are in force there.
    ///
    /// What a process left behind when it died is taken up: see [`intake::resume`].
    ///
    /// The identity index is empty at first: `operations::link` fills it from the store.
    ///
    /// # Errors
    /// When the store does not open or the data files do not compile.
    pub async fn open(config: HubConfig) -> Result<Self, HubError> {
        let keys = Keys::load_or_create(&config.key_path())?;
        let store = Store::open(&config.database, keys).await?;
        let (mappings, schemas) = (config.mappings, config.schemas);
        let shipped =
            Library::load(mappings.as_deref(), schemas.as_deref()).map_err(HubError::Library)?;
        let (library, position) = publish::opened(&store, shipped, (config.clock.0)()).await?;
        let index = Index::new(Arc::clone(library.model()));
        let hub = Self {
            store,
            shared: Arc::new(Shared {
                library: RwLock::new((Arc::new(library), position)),
                index: RwLock::new(index),
                signer: RwLock::default(),
                hashing: Semaphore::new(HASHING),
                gathers: Gathers::default(),
                figures: Figures::default(),
            }),
            clock: config.clock,
            randomness: config.randomness,
        };
        intake::resume(&hub).await?;
        Ok(hub)
    }

    /// The store.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The data files in force. An operation takes them once and keeps them to its end, so that nothing is made half
    /// by one version and half by another.
    #[must_use]
    pub fn library(&self) -> Arc<Library> {
        Arc::clone(&self.shared.library.read().unwrap_or_else(PoisonError::into_inner).0)
    }

    /// Up to which publication they go.
    pub(super) fn position(&self) -> Position {
        self.shared.library.read().unwrap_or_else(PoisonError::into_inner).1
    }

    /// Puts data files in force, unless newer ones are already; whoever took the earlier ones keeps them.
    pub(super) fn replace_library(&self, library: Library, position: Position) -> bool {
        let mut current = self.shared.library.write().unwrap_or_else(PoisonError::into_inner);
        let newer = position.is_after(&current.1);
        if newer {
            *current = (Arc::new(library), position);
        }
        newer
    }

    /// The identity index, to search. Never held across an `await`.
    pub fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.shared.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The identity index, to change; only the linker does.
    pub fn index_mut(&self) -> RwLockWriteGuard<'_, Index> {
        self.shared.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key that signs answers, when the moment at which it was read is recent enough.
    pub(super) fn signer(&self, recent: impl FnOnce(Instant) -> bool) -> Option<Arc<SigningKey>> {
        let kept = self.shared.signer.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(_, since)| recent(*since)).map(|(key, _)| Arc::clone(key))
    }

    /// Keeps the key that signs answers.
    pub(super) fn keep_signer(&self, key: Arc<SigningKey>, since: Instant) {
        *self.shared.signer.write().unwrap_or_else(PoisonError::into_inner) = Some((key, since));
    }

    /// Looks the key that signs answers up again at its next use.
    pub(super) fn forget_signer(&self) {
        *self.shared.signer.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Turns of hashing passwords.
    pub(super) fn hashing(&self) -> &Semaphore {
        &self.shared.hashing
    }

    /// Calls that come at the same moment, worked on together.
    pub(super) fn gathers(&self) -> &Gathers {
        &self.shared.gathers
    }

    /// Figures of everything that is kept, as they were last counted.
    pub(super) fn figures(&self) -> &Figures {
        &self.shared.figures
    }

    /// This moment.
    #[must_use]
    pub fn now(&self) -> Instant {
        (self.clock.0)()
    }

    /// This day, in UTC.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now().date()
    }

    /// Random bytes: `RecordId::new(hub.now(), hub.random())`.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.randomness.0)(&mut bytes);
        bytes
    }
}
