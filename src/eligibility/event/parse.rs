//! Reads one event from one line of JSON, and tells everything that is wrong with it.

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use crate::model::record::{
    Address, BeneficiaryRecord, Coverage, CoverageStatus, Household, HumanName, NameUse, Period,
    Person, Relationship, Sex, Source,
};
use crate::model::{Expected, Issue, IssueCode, PartialDate, Place, SchemeId};

use super::{Change, Enrolment, Event, NameCause, Reach, RecordKey};

/// Reads one line. The issues carry the event's id as their record id, when it could be read.
///
/// # Errors
/// Everything that is wrong: `bad_syntax` for a line that is no JSON object, `missing_mandatory`,
/// `wrong_type` and `bad_date` for the envelope, `unknown_code` in `type` or `source`, `wrong_type`
/// in `payload` for a payload that does not have the shape of its type.
pub fn parse(line: &[u8], place: &Place) -> Result<Event, Vec<Issue>> {
    let envelope = match serde_json::from_slice::<Value>(line) {
        Ok(Value::Object(envelope)) => envelope,
        Ok(_) | Err(_) => return Err(vec![Issue::error(IssueCode::BadSyntax, place.clone())]),
    };
    let mut reader = Reader { envelope: &envelope, place, issues: Vec::new() };
    let event = reader.event();
    let Reader { issues, .. } = reader;
    match event {
        Some(event) if issues.is_empty() => Ok(event),
        _ => {
            let id = envelope.get("event_id").and_then(Value::as_str);
            let named = |issue: Issue| match id {
                Some(id) => issue.record_id(id),
                None => issue,
            };
            Err(issues.into_iter().map(named).collect())
        }
    }
}

/// Reads the envelope field by field, so that one fault does not hide the next.
struct Reader<'e> {
    envelope: &'e serde_json::Map<String, Value>,
    place: &'e Place,
    issues: Vec<Issue>,
}

impl Reader<'_> {
    fn event(&mut self) -> Option<Event> {
        let id = self.text("event_id");
        let kind = self.kind();
        let scheme = self.scheme();
        let record_id = self.text("source_record_id");
        let effective_on = self.date("date_effet");
        let sent_on = match self.envelope.get("date_envoi") {
            None | Some(Value::Null) => None,
            Some(_) => self.date("date_envoi"),
        };
        let read = kind.zip(scheme.as_ref()).and_then(|(kind, scheme)| self.payload(kind, scheme));
        let (reach, change) = read?;
        Some(Event {
            id: id?,
            about: RecordKey { scheme: scheme?, record_id: record_id? },
            effective_on: effective_on?,
            sent_on,
            reach,
            change,
        })
    }

    fn text(&mut self, field: &str) -> Option<String> {
        match self.envelope.get(field) {
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            None | Some(Value::Null | Value::String(_)) => {
                self.issue(IssueCode::MissingMandatory, field, None, None);
                None
            }
            Some(other) => {
                let expected = Expected::Type("string".into());
                self.issue(IssueCode::WrongType, field, Some(other), Some(expected));
                None
            }
        }
    }

    fn date(&mut self, field: &str) -> Option<Date> {
        let text = self.text(field)?;
        let date = text.parse().ok();
        if date.is_none() {
            let expected = Expected::Form("aaaa-MM-jj".into());
            self.issue(IssueCode::BadDate, field, Some(&Value::String(text)), Some(expected));
        }
        date
    }

    fn kind(&mut self) -> Option<&'static str> {
        let text = self.text("type")?;
        let kind = Event::KINDS.into_iter().find(|kind| *kind == text);
        if kind.is_none() {
            let expected = Expected::OneOf(Event::KINDS.map(str::to_owned).to_vec());
            self.issue(IssueCode::UnknownCode, "type", Some(&Value::String(text)), Some(expected));
        }
        kind
    }

    fn scheme(&mut self) -> Option<SchemeId> {
        let text = self.text("source")?;
        let scheme = text.parse().ok();
        if scheme.is_none() {
            self.issue(IssueCode::UnknownCode, "source", Some(&Value::String(text)), None);
        }
        scheme
    }

    fn payload(&mut self, kind: &str, source: &SchemeId) -> Option<(Reach, Change)> {
        let payload = match self.envelope.get("payload") {
            None | Some(Value::Null) => {
                self.issue(IssueCode::MissingMandatory, "payload", None, None);
                return None;
            }
            Some(payload) => payload.clone(),
        };
        let read = change(kind, payload, source);
        if read.is_none() {
            let expected = Expected::Type("object".into());
            self.issue(IssueCode::WrongType, "payload", None, Some(expected));
        }
        read
    }

    fn issue(
        &mut self,
        code: IssueCode,
        field: &str,
        value: Option<&Value>,
        expected: Option<Expected>,
    ) {
        let mut issue = Issue::error(code, self.place.clone()).field(field);
        issue = match value {
            Some(Value::String(text)) => issue.value(text),
            Some(other) => issue.value(&other.to_string()),
            None => issue,
        };
        issue.expected = expected;
        self.issues.push(issue);
    }
}

/// The change that a payload of a kind tells; none when it does not have the shape.
fn change(kind: &str, payload: Value, source: &SchemeId) -> Option<(Reach, Change)> {
    fn shape<T: for<'de> Deserialize<'de>>(payload: Value) -> Option<T> {
        serde_json::from_value(payload).ok()
    }
    let alone = |change| Some((Reach::Individual, change));
    match kind {
        "DEATH" => {
            let death: Death = shape(payload)?;
            alone(Change::Death { died_on: death.date_deces })
        }
        "ADDRESS_CHANGE" => alone(shape::<Move>(payload)?.change()?),
        "NAME_CHANGE" => alone(shape::<Renaming>(payload)?.change()?),
        "SUSPENSION" => Some((shape::<Break>(payload)?.reach(), Change::Suspension)),
        "REINSTATEMENT" => Some((shape::<Break>(payload)?.reach(), Change::Reinstatement)),
        "SCHEME_MOVE" => shape::<SchemeMove>(payload)?.change(source),
        _ => None,
    }
}

#[derive(Deserialize)]
struct Death {
    date_deces: PartialDate,
}

#[derive(Deserialize)]
struct Move {
    localite: Option<String>,
    commune: Option<String>,
    subdivision: Option<String>,
    telephone: Option<String>,
}

impl Move {
    fn change(self) -> Option<Change> {
        let region = filled(self.subdivision);
        let country = region.as_deref().and_then(|region| region.split('-').next());
        let address = Address {
            country: country.map(str::to_owned),
            commune: filled(self.commune),
            locality: filled(self.localite),
            region,
            ..Address::default()
        };
        let address = Some(address).filter(|address| *address != Address::default());
        let phone = match filled(self.telephone) {
            Some(phone) => Some(e164(&phone)?),
            None => None,
        };
        // An event that says nothing is no change.
        (address.is_some() || phone.is_some()).then_some(Change::AddressChange { address, phone })
    }
}

#[derive(Deserialize)]
struct Renaming {
    motif: Option<String>,
    ancien: Option<Name>,
    nouveau: Name,
}

impl Renaming {
    fn change(self) -> Option<Change> {
        let cause = match self.motif.as_deref() {
            Some("MARIAGE") => NameCause::Marriage,
            _ => NameCause::Other,
        };
        Some(Change::NameChange {
            cause,
            old: self.ancien.and_then(Name::read),
            new: self.nouveau.read()?,
        })
    }
}

#[derive(Deserialize)]
struct Name {
    nom: Option<String>,
    prenoms: Option<String>,
}

impl Name {
    fn read(self) -> Option<HumanName> {
        let name = HumanName {
            usage: NameUse::Official,
            family: filled(self.nom),
            given: self
                .prenoms
                .iter()
                .flat_map(|given| given.split_whitespace())
                .map(str::to_owned)
                .collect(),
            ..HumanName::default()
        };
        (name != HumanName::default()).then_some(name)
    }
}

#[derive(Deserialize)]
struct Break {
    portee: Scope,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Scope {
    Individu,
    Famille,
}

impl Break {
    const fn reach(&self) -> Reach {
        match self.portee {
            Scope::Individu => Reach::Individual,
            Scope::Famille => Reach::Family,
        }
    }
}

#[derive(Deserialize)]
struct SchemeMove {
    de: SchemeId,
    vers: SchemeId,
    portee: Option<Scope>,
    cloture: Date,
    nouveaux: Vec<New>,
}

#[derive(Deserialize)]
struct New {
    source: SchemeId,
    source_record_id: String,
    lien: Link,
    #[serde(default)]
    scolarise: Option<bool>,
    #[serde(default)]
    handicap: Option<bool>,
    identite: Identity,
    droits: Rights,
    precedent: Option<Precedent>,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Link {
    Ass,
    Cjt,
    Enf,
    Asc,
}

#[derive(Deserialize)]
struct Identity {
    nom: Option<String>,
    prenoms: Option<String>,
    sexe: SexCode,
    naissance: PartialDate,
}

#[derive(Deserialize)]
enum SexCode {
    M,
    F,
}

#[derive(Deserialize)]
struct Rights {
    etat: State,
    immatriculation: Date,
    ouverture: Date,
    fin: Option<Date>,
}

#[derive(Clone, Copy, Deserialize)]
enum State {
    O,
    S,
    F,
    D,
}

#[derive(Deserialize)]
struct Precedent {
    source: SchemeId,
    source_record_id: String,
}

impl SchemeMove {
    fn change(self, source: &SchemeId) -> Option<(Reach, Change)> {
        let reach = match self.portee {
            Some(Scope::Individu) => Reach::Individual,
            Some(Scope::Famille) | None => Reach::Family,
        };
        // Who leaves says so; and each new record belongs to the scheme that takes over.
        if self.de != *source || self.nouveaux.iter().any(|new| new.source != self.vers) {
            return None;
        }
        let head = self.nouveaux.iter().find(|new| new.lien == Link::Ass).or(self.nouveaux.first());
        let contract = head.map(|head| head.source_record_id.clone()).unwrap_or_default();
        let enrolments: Option<Vec<Enrolment>> =
            self.nouveaux.into_iter().map(|new| new.enrolment(&contract)).collect();
        let change = Change::SchemeMove {
            from: self.de,
            to: self.vers,
            closes_on: self.cloture,
            enrolments: enrolments?,
        };
        Some((reach, change))
    }
}

impl New {
    fn enrolment(self, contract: &str) -> Option<Enrolment> {
        let relationship = match self.lien {
            Link::Ass => Relationship::Head,
            Link::Cjt => Relationship::Spouse,
            Link::Enf => Relationship::Child,
            Link::Asc => Relationship::Parent,
        };
        let name = Name { nom: self.identite.nom, prenoms: self.identite.prenoms }.read()?;
        let status = match self.droits.etat {
            State::O => CoverageStatus::Active,
            State::S => CoverageStatus::Suspended,
            State::F | State::D => CoverageStatus::Ended,
        };
        let record = BeneficiaryRecord {
            source: Source {
                scheme: self.source.clone(),
                record_id: self.source_record_id.clone(),
                recorded_at: None,
            },
            person: Person {
                names: vec![name],
                sex: match self.identite.sexe {
                    SexCode::M => Sex::Male,
                    SexCode::F => Sex::Female,
                },
                birth_date: Some(self.identite.naissance),
                birth_place: None,
                death_date: None,
                identifiers: Vec::new(),
                phones: Vec::new(),
                addresses: Vec::new(),
                nationality: None,
                marital_status: None,
                employment: None,
            },
            household: Some(Household {
                id: contract.to_owned(),
                head_record_id: (self.source_record_id != contract).then(|| contract.to_owned()),
                relationship,
            }),
            coverages: vec![Coverage {
                scheme: self.source,
                contract_id: Some(contract.to_owned()),
                policy_number: Some(self.source_record_id),
                package: None,
                enrolled_on: Some(self.droits.immatriculation),
                period: Period { start: Some(self.droits.ouverture), end: self.droits.fin },
                status,
                status_since: Some(self.droits.immatriculation),
                closed_on: None,
                suspensions: Vec::new(),
                paid_until: None,
                contribution: None,
                student: self.scolarise,
                disabled: self.handicap,
                institution: None,
                programme: None,
            }],
            extensions: serde_json::Map::new(),
        };
        let precedent = self.precedent.map(|precedent| RecordKey {
            scheme: precedent.source,
            record_id: precedent.source_record_id,
        });
        Some(Enrolment { record, precedent })
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A phone in E.164; events carry no national forms.
fn e164(phone: &str) -> Option<String> {
    let digits = phone.strip_prefix('+')?;
    let plain = digits.chars().all(|c| c.is_ascii_digit()) && (8..=15).contains(&digits.len());
    plain.then(|| phone.to_owned())
}
