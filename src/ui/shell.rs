//! What surrounds every view: who is here, where they are, where they may go, in which language.

use super::assets;
use super::visit::{Member, Visit};
use super::words::Words;
use crate::model::{Caller, Language, Scope};

/// A place in the navigation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    /// What needs a person now.
    Home,
    /// What schemes sent.
    Records,
    /// What is kept of it.
    Register,
    /// What of it was refused.
    Refusals,
    /// What the hub asks people.
    Reviews,
    /// What cannot be right about somebody.
    Conflicts,
    /// People.
    People,
    /// Whether somebody is covered.
    Ask,
    /// How right the index is.
    Quality,
    /// Counts of people.
    Figures,
    /// Who insures whom, and who may ask about whom.
    Schemes,
    /// The files that say so, and how records are read.
    Workshop,
    /// Who is told of changes, and what they were told.
    Deliveries,
    /// Keys of programs.
    Keys,
    /// Who may work here.
    Accounts,
    /// Who did what.
    Audit,
    /// One's own account; reached by one's name, not by the navigation.
    Own,
}

/// Sections by what they are about, in the order in which they stand.
const GROUPS: &[(&str, &[Section])] = &[
    ("work", &[Section::Home, Section::Refusals, Section::Reviews, Section::Conflicts]),
    (
        "data",
        &[Section::Records, Section::Register, Section::People, Section::Ask, Section::Figures],
    ),
    (
        "hub",
        &[
            Section::Schemes,
            Section::Workshop,
            Section::Quality,
            Section::Deliveries,
            Section::Keys,
            Section::Accounts,
            Section::Audit,
        ],
    ),
];

impl Section {
    const fn path(self) -> &'static str {
        match self {
            Self::Home => "/ui",
            Self::Records => "/ui/batches",
            Self::Register => "/ui/records",
            Self::Refusals => "/ui/refusals",
            Self::Reviews => "/ui/reviews",
            Self::Conflicts => "/ui/conflicts",
            Self::People => "/ui/people",
            Self::Ask => "/ui/ask",
            Self::Quality => "/ui/quality",
            Self::Figures => "/ui/figures",
            Self::Schemes => "/ui/schemes",
            Self::Workshop => "/ui/mappings",
            Self::Deliveries => "/ui/deliveries",
            Self::Keys => "/ui/keys",
            Self::Accounts => "/ui/accounts",
            Self::Audit => "/ui/audit",
            Self::Own => "/ui/account",
        }
    }

    /// The end of its key `page-section-…`.
    const fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Records => "records",
            Self::Register => "register",
            Self::Refusals => "refusals",
            Self::Reviews => "reviews",
            Self::Conflicts => "conflicts",
            Self::People => "people",
            Self::Ask => "ask",
            Self::Quality => "quality",
            Self::Figures => "figures",
            Self::Schemes => "schemes",
            Self::Workshop => "workshop",
            Self::Deliveries => "deliveries",
            Self::Keys => "keys",
            Self::Accounts => "accounts",
            Self::Audit => "audit",
            Self::Own => "own",
        }
    }

    /// A drawing of 20 by 20, as the `d` of a stroked path.
    const fn drawing(self) -> &'static str {
        match self {
            Self::Home => "M3 9.5 10 3l7 6.5M5 8v9h10V8M8.5 17v-5h3v5",
            Self::Records => "M3 6l7-3 7 3-7 3ZM3 6v8l7 3 7-3V6M10 9v8",
            Self::Register => "M3 4h14v12H3ZM3 8h14M3 12h14M8 8v8",
            Self::Refusals => "M10 3 18 17H2ZM10 8v4M10 14.5v.1",
            Self::Reviews => {
                "M6.5 8.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM13.5 8.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM2 17c0-3 2-5 4.5-5 1.5 0 2.7.7 3.5 1.8.8-1.1 2-1.8 3.5-1.8C16 12 18 14 18 17"
            }
            Self::Conflicts => "M6 3v5l4 3 4-3V3M10 11v6M3.5 3h5M11.5 3h5",
            Self::People => "M8.5 14a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM12.5 12.5 17 17",
            Self::Ask => "M3 4h14v10H9l-4 3v-3H3ZM8 8.5l1.5 1.5L13 6.5",
            Self::Quality => "M10 17a7 7 0 1 1 7-7M10 10l4-4M10 13a3 3 0 1 1 3-3",
            Self::Figures => "M3 17h14M5 17v-5h2.5v5M9 17V8h2.5v9M13 17V4h2.5v13",
            Self::Schemes => "M3 17h14M4.5 17V8M8 17V8M12 17V8M15.5 17V8M2.5 8 10 3l7.5 5Z",
            Self::Workshop => {
                "M3 4h5v5H3ZM12 11h5v5h-5ZM8 6.5h4a2.5 2.5 0 0 1 2.5 2.5v2M11.5 9.5l3 2 3-2"
            }
            Self::Deliveries => "M2 10 18 3l-4 14-4-5ZM10 12l8-9",
            Self::Keys => "M7 13a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM10.5 10.5 17 17M14 14l2-2",
            Self::Accounts => {
                "M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3 17.5c.6-3.6 3.4-5.5 7-5.5s6.4 1.9 7 5.5"
            }
            Self::Audit => "M4 3h9l3 3v11H4ZM7 8h6M7 11h6M7 14h4",
            Self::Own => "",
        }
    }

    /// Whether it is shown to a caller: whoever may not do anything there does not see it.
    fn is_for(self, caller: &Caller) -> bool {
        match self {
            Self::Home | Self::Own => true,
            Self::Accounts => caller.runs_the_hub() && caller.may(Scope::Admin),
            Self::Records | Self::Register | Self::Refusals => caller.may(Scope::RecordsRead),
            Self::Reviews | Self::People => caller.may(Scope::PeopleRead),
            Self::Conflicts | Self::Quality => caller.may(Scope::IdentityRead),
            Self::Figures => caller.may(Scope::IndicatorsRead),
            Self::Ask => caller.may(Scope::EligibilityAsk),
            Self::Schemes | Self::Workshop => caller.may(Scope::MappingsRead),
            Self::Deliveries => caller.may(Scope::DeliveriesManage),
            Self::Keys => caller.may(Scope::Admin),
            Self::Audit => caller.may(Scope::AuditRead),
        }
    }
}

/// A link of the navigation.
pub struct Link {
    pub path: &'static str,
    pub title: String,
    pub drawing: &'static str,
    pub current: bool,
}

/// What the templates of every view are given.
pub struct Shell {
    /// The reader's language.
    pub words: Words,
    /// Of the view.
    pub title: String,
    /// The navigation, by groups with their titles; empty for whoever did not sign in.
    pub groups: Vec<(String, Vec<Link>)>,
    /// With which name somebody signed in.
    pub who: Option<String>,
    /// What every form carries.
    pub form: String,
    /// What was done just now, in words.
    pub done: Option<String>,
    /// Path and query of the view, see [`Visit::here`].
    pub here: String,
}

impl Shell {
    /// Around a view for somebody who signed in. `title` is a key.
    pub fn new(member: &Member, section: Section, title: &str) -> Self {
        let words = member.visit.words;
        let shell = Self::of(&member.visit);
        let groups = groups(&member.caller, words, Some(section));
        Self { title: words.say(title), groups, ..shell }
    }

    /// Around a view for anybody, with the navigation of whoever it is.
    pub fn of(visit: &Visit) -> Self {
        let caller = visit.seated.as_ref().map(|seated| seated.account.caller());
        Self {
            groups: caller.map_or_else(Vec::new, |caller| groups(&caller, visit.words, None)),
            who: visit.seated.as_ref().map(|seated| seated.account.name.to_string()),
            form: visit.form.clone(),
            done: done(visit),
            here: visit.here.clone(),
            ..Self::alone(visit.words)
        }
    }

    /// Around what is told when nothing is known of the visit.
    pub fn alone(words: Words) -> Self {
        Self {
            words,
            title: String::new(),
            groups: Vec::new(),
            who: None,
            form: String::new(),
            done: None,
            here: String::new(),
        }
    }

    /// With another title.
    pub fn titled(self, title: String) -> Self {
        Self { title, ..self }
    }

    /// The tag of the reader's language.
    pub fn lang(&self) -> &'static str {
        self.words.0.tag()
    }

    /// The other language: its tag, its name in itself, and the address that chooses it.
    pub fn other_language(&self) -> (&'static str, &'static str, String) {
        let (other, name) = match self.words.0 {
            Language::French => (Language::English, "English"),
            Language::English => (Language::French, "Français"),
        };
        let to: String = form_urlencoded::byte_serialize(self.here.as_bytes()).collect();
        (other.tag(), name, format!("/ui/language/{}?to={to}", other.tag()))
    }

    /// The address of an asset.
    pub fn asset(&self, name: &str) -> String {
        assets::path(name)
    }

    /// See [`Words::say`].
    pub fn say(&self, key: &str) -> String {
        self.words.say(key)
    }
}

fn groups(caller: &Caller, words: Words, current: Option<Section>) -> Vec<(String, Vec<Link>)> {
    let link = |section: &Section| Link {
        path: section.path(),
        title: words.named("page-section", section.name()),
        drawing: section.drawing(),
        current: current == Some(*section),
    };
    let group = |(name, sections): &(&str, &[Section])| {
        let links: Vec<Link> =
            sections.iter().filter(|section| section.is_for(caller)).map(link).collect();
        (!links.is_empty()).then(|| (words.named("page-group", name), links))
    };
    GROUPS.iter().filter_map(group).collect()
}

/// What the address says was done; only what we have words for is said.
fn done(visit: &Visit) -> Option<String> {
    let query = visit.here.split_once('?')?.1;
    let (_, name) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "done")?;
    let known = name.len() < 40 && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    known.then(|| crate::messages::find(visit.words.0, &format!("page-done-{name}"), &[])).flatten()
}
