//! A year of a hub's work around its people: sendings, what was refused of them, what was asked and decided, what was told
//! to whom, and who looked at what. The proportions are those of a country's hub: most records arrive in large files, one
//! in fifty is refused, one person in fifty is asked about, one in two is looked at.

use dankun::delivery::plan::Kind;
use dankun::delivery::signature::Secret;
use dankun::delivery::{Reason, State};
use dankun::mapping::Around;
use dankun::model::record::{Household, Relationship};
use dankun::model::{
    AuditId, BatchId, CorrectionId, DecisionId, DeliveryId, Expected, Instant, Issue, IssueCode,
    Place, QuarantineId, RecordId, ReviewId, RevisionId, SchemeId, SubscriptionId,
};
use dankun::operations::Hub;
use dankun::operations::kept::{KeptRefusal, KeptRevision, shared};
use dankun::store::Tx;
use dankun::store::audit::Entry;
use dankun::store::batches::{Batch, BatchKind, BatchState, Counts, Mode};
use dankun::store::corrections::{Correction, CorrectionState, correction_owner};
use dankun::store::decisions::{Decision, DecisionKind};
use dankun::store::edges::StoredEdge;
use dankun::store::outbox::{NewDelivery, Outcome};
use dankun::store::people::LogLine;
use dankun::store::quarantine::{Defect, QuarantineState, Quarantined, quarantine_owner};
use dankun::store::records::contract_key;
use dankun::store::reviews::{NewReview, ReviewKind, ReviewState};
use dankun::store::revisions::{Revision, RevisionState, revision_owner};
use dankun::store::subscriptions::SubscriptionRow;

use crate::crowd::{self, Record, TWICE};

/// People in one transaction, and in one sending of a large file.
const PAGE: usize = 2_000;
/// One in so many is known to a small scheme, whose lists are narrow among wide ones.
const RARE: usize = 5_000;
/// People of one family.
const FAMILY: usize = 5;
/// A year, in milliseconds.
const YEAR: i64 = 365 * 86_400_000;

/// Fills a hub.
pub async fn fill(hub: &Hub, people: usize) {
    let mut work = Work { hub, people, made: 0, seq: 0, last: 0 };
    let numbers: Vec<usize> = (0..people).collect();
    for page in numbers.chunks(PAGE) {
        work.page(page).await;
    }
    work.subscriptions_and_small_files().await;
}

struct Work<'h> {
    hub: &'h Hub,
    people: usize,
    /// Ids that were made.
    made: u64,
    /// The end of the log.
    seq: u64,
    /// The last record that was asked about.
    last: usize,
}

impl Work<'_> {
    /// When it happened, when it is the `part`th of `whole` things of a year.
    fn when(&self, part: usize, whole: usize) -> Instant {
        let back =
            YEAR - YEAR * i64::try_from(part).unwrap() / i64::try_from(whole.max(1)).unwrap();
        self.hub.now().plus_millis(-back)
    }

    /// Random bits of an id that are the same every time.
    fn bits(&mut self) -> [u8; 10] {
        self.made += 1;
        let mut bits = [0; 10];
        bits[..8].copy_from_slice(&self.made.to_be_bytes());
        bits
    }

    async fn page(&mut self, page: &[usize]) {
        let now = self.when(page[0], self.people);
        let batch = BatchId::new(now, self.bits());
        let records = self.records(page, batch);
        let mut tx = self.hub.store().begin().await.unwrap();
        let refused = page.len() as u64 / 50;
        let counts = Counts {
            received: records.len() as u64 + refused,
            accepted: records.len() as u64,
            new_records: records.len() as u64,
            refused,
            ..Counts::default()
        };
        send(&mut tx, batch, &records[0].scheme, now, counts).await;
        crowd::write(self.hub, &mut tx, &records).await;
        tx.add_people(&linked(&records), now).await.unwrap();
        tx.add_log(&logged(&records, now)).await.unwrap();
        self.revisions(&mut tx, &records, now).await;
        self.refusals(&mut tx, batch, usize::try_from(refused).unwrap(), now).await;
        self.pairs(&mut tx, &records, now).await;
        self.looks(&mut tx, &records, now).await;
        self.corrections(&mut tx, &records, now).await;
        tx.commit().await.unwrap();
    }

    fn records(&mut self, page: &[usize], batch: BatchId) -> Vec<Record> {
        let rare = page.iter().filter(|number| *number % RARE == 0);
        let rare: Vec<Record> =
            rare.map(|number| Record::new(*number, 2, "ci-cnam", self.people)).collect();
        let mut records = crowd::records(page, self.people);
        records.extend(rare);
        for record in &mut records {
            self.seq += 1;
            let number =
                usize::try_from(u64::from_be_bytes(*record.id.as_bytes().first_chunk().unwrap()))
                    .unwrap();
            let family = format!("F{}", number / FAMILY);
            let relationship = match number % FAMILY {
                0 => Relationship::Head,
                1 => Relationship::Spouse,
                _ => Relationship::Child,
            };
            record.says.household =
                Some(Household { id: family.clone(), head_record_id: None, relationship });
            record.statement.relationship = Some(relationship);
            record.says.coverages = coverages(&record.scheme);
            record.contract = Some(contract_key(self.hub.store().keys(), &record.scheme, &family));
            (record.batch, record.seq) = (batch, self.seq);
        }
        records
    }

    async fn revisions(&mut self, tx: &mut Tx, records: &[Record], now: Instant) {
        let keys = self.hub.store().keys();
        let mut revisions = Vec::with_capacity(records.len());
        for (record, line) in records.iter().zip(2..) {
            let id = RevisionId::new(now, self.bits());
            let kept = KeptRevision {
                record_id: record.says.source.record_id.clone(),
                place: Place { line, column: 1, byte: line * 180, path: None },
                raw: ROW.as_bytes().to_vec(),
                canonical: serde_json::to_vec(&record.says).unwrap(),
                warnings: Vec::new(),
                around: around(),
            };
            revisions.push(Revision {
                id,
                record_id: record.id,
                batch_id: record.batch,
                number: 1,
                state: RevisionState::Live,
                content: vec![1; 32],
                recorded_at: now,
                data_as_of: None,
                received_at: now,
                line,
                warnings: u64::from(line % 20 == 0),
                sealed: keys.seal(revision_owner(&id), &kept.to_bytes()),
                made_by: None,
            });
        }
        tx.add_revisions(&revisions).await.unwrap();
    }

    /// Of six kinds. Half of them wait, half were sent again since.
    async fn refusals(&mut self, tx: &mut Tx, batch: BatchId, count: usize, now: Instant) {
        const DEFECTS: [(IssueCode, &str, &str); 6] = [
            (IssueCode::BadDate, "Date de naissance", "31/02/1988"),
            (IssueCode::UnknownCode, "Garantie", "ZZ"),
            (IssueCode::MissingMandatory, "Nom", ""),
            (IssueCode::BadCheckDigit, "NINA", "18802147236458B"),
            (IssueCode::BadPhone, "Téléphone", "12"),
            (IssueCode::PeriodInverted, "Fin des droits", "01/01/1999"),
        ];
        let keys = self.hub.store().keys();
        let scheme: SchemeId = "ml-utm".parse().unwrap();
        let mut refused = Vec::with_capacity(count);
        for number in 0..count {
            let id = QuarantineId::new(now, self.bits());
            let (code, field, value) = DEFECTS[number % DEFECTS.len()];
            let place = Place { line: number as u64 * 50 + 7, column: 1, byte: 0, path: None };
            let issue = Issue::error(code, place.clone())
                .field(field)
                .value(value)
                .expected(Expected::Form("jj/mm/aaaa".to_owned()));
            let defect = Defect {
                code,
                severity: issue.severity,
                field: issue.field.clone(),
                shared: shared(&issue),
            };
            let kept = KeptRefusal {
                record_id: Some(format!("UTM-999-{:07}/00", self.made)),
                place,
                raw: ROW.as_bytes().to_vec(),
                issues: vec![issue],
                around: around(),
            };
            let state =
                if number % 2 == 0 { QuarantineState::Open } else { QuarantineState::Superseded };
            let record = Quarantined {
                id,
                batch_id: batch,
                scheme: scheme.clone(),
                record_key: None,
                content: vec![2; 32],
                state,
                line: number as u64 * 50 + 7,
                received_at: now,
                closed_at: None,
                sealed: keys.seal(quarantine_owner(&id), &kept.to_bytes()),
            };
            refused.push((record, vec![defect]));
        }
        tx.quarantine(&refused).await.unwrap();
    }

    /// The pairs of people with several records, and between neighbours one question for fifty people, of which every third
    /// was answered.
    async fn pairs(&mut self, tx: &mut Tx, records: &[Record], now: Instant) {
        let model = self.hub.library().model().version().to_owned();
        let edge = |a: RecordId, b: RecordId, decision: &str| StoredEdge {
            a: a.min(b),
            b: a.max(b),
            weight: 14.0,
            probability: 0.97,
            decision: decision.to_owned(),
            model: model.clone(),
            detail: DETAIL.to_owned(),
        };
        let same = records.windows(2).filter(|two| two[0].person == two[1].person);
        let mut edges: Vec<StoredEdge> =
            same.map(|two| edge(two[0].id, two[1].id, "join")).collect();
        let mut asked = Vec::new();
        for two in records.windows(2).filter(|two| two[0].person != two[1].person) {
            self.last += 1;
            match self.last % 50 {
                0 => asked.push((two[0].id, two[1].id, self.last.is_multiple_of(150))),
                1 if self.last % 200 == 1 => edges.push(edge(two[0].id, two[1].id, "held_back")),
                _ => {}
            }
        }
        edges.extend(asked.iter().map(|(a, b, _)| edge(*a, *b, "review")));
        let mut reviews = Vec::with_capacity(asked.len());
        for (at, (a, b, _)) in asked.iter().enumerate() {
            let schemes = if at % 4 == 0 { "ml-canam+ml-utm" } else { "ml-utm+ml-utm" };
            reviews.push(NewReview {
                id: ReviewId::new(now, self.bits()),
                a: *a.min(b),
                b: *a.max(b),
                kind: ReviewKind::Pair,
                reason: "between_thresholds",
                probability: 0.6,
                weight: 6.0,
                model: model.clone(),
                detail: DETAIL.to_owned(),
                joined: None,
                // As many groups as fields can agree in ways.
                alike: format!(
                    "between_thresholds {schemes} family={} born={}",
                    self.made % 40,
                    at % 5
                ),
                gain: i64::try_from(at).unwrap() * 1_000,
            });
        }
        tx.replace_edges(&[], &edges, self.seq).await.unwrap();
        tx.add_reviews(&reviews, self.seq, now).await.unwrap();
        for review in
            reviews.iter().zip(&asked).filter(|(_, asked)| asked.2).map(|(review, _)| review)
        {
            self.decide(tx, review, now).await;
        }
    }

    async fn decide(&mut self, tx: &mut Tx, review: &NewReview, now: Instant) {
        let id = DecisionId::new(now, self.bits());
        let steward = format!("operator:steward-{}", self.made % 6);
        let decision = Decision {
            id,
            kind: DecisionKind::Different,
            review: Some(review.id),
            undoes: None,
            undone_by: None,
            at: now,
            by: steward.clone(),
            key: None,
            idempotency_key: None,
            reason: "Deux enfants du même ménage".to_owned(),
        };
        tx.add_decision(self.hub.store().keys(), &decision, &[]).await.unwrap();
        let seen = tx.review(review.id).await.unwrap().unwrap();
        tx.decide_review(&seen, ReviewState::Different, (id, &steward), now).await.unwrap();
    }

    /// Every second person is looked at once a year.
    async fn looks(&mut self, tx: &mut Tx, records: &[Record], now: Instant) {
        let mut entries = Vec::with_capacity(records.len() / 2);
        for (record, at) in records.iter().step_by(2).zip(0_usize..) {
            let ask = at % 3 > 0;
            entries.push(Entry {
                id: AuditId::new(now, self.bits()),
                at: now,
                action: if ask { "ask" } else { "read_person" }.to_owned(),
                actor: if ask {
                    format!("partner:ci-cnam/{}", at % 7)
                } else {
                    "operator:awa".to_owned()
                },
                scheme: Some(record.scheme.clone()),
                subject: Some(record.person.to_string()),
                purpose: ask.then(|| "CARE_AUTHORISATION".to_owned()),
                agreement: None,
                outcome: if ask { "eligible" } else { "done" }.to_owned(),
                detail: "{}".to_owned(),
                personal: None,
            });
        }
        tx.add_audit(self.hub.store().keys(), &entries).await.unwrap();
    }

    /// One record in a thousand was put right.
    async fn corrections(&mut self, tx: &mut Tx, records: &[Record], now: Instant) {
        let keys = self.hub.store().keys();
        for record in records.iter().step_by(1_000) {
            let id = CorrectionId::new(now, self.bits());
            let told =
                r#"{"record_id":"UTM-001","bad":"31/02/1988","good":"28/02/1988","as_of":0}"#;
            let correction = Correction {
                id,
                scheme: record.scheme.clone(),
                record_key: keys.hash("record", &[&id.to_string()]),
                field: "Date de naissance".to_owned(),
                bad_key: keys.hash("value", &["31/02/1988"]),
                sealed: keys.seal(correction_owner(&id), told.as_bytes()),
                state: if self.made.is_multiple_of(2) {
                    CorrectionState::Active
                } else {
                    CorrectionState::Lapsed
                },
                created_at: now,
                created_by: "operator:awa".to_owned(),
            };
            tx.add_correction(&correction).await.unwrap();
        }
    }

    /// A subscriber with a year of messages, most of them delivered; and records that came one by one.
    async fn subscriptions_and_small_files(&mut self) {
        let scheme: SchemeId = "ml-canam".parse().unwrap();
        let keys = self.hub.store().keys();
        let now = self.hub.now();
        let subscription = SubscriptionRow {
            id: SubscriptionId::new(self.when(0, 1), self.bits()),
            scheme: scheme.clone(),
            url: "https://canam.example.org/hook".to_owned(),
            kinds: Vec::new(),
            secret: Secret::parse("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap(),
            log_seq: self.seq,
            created_at: self.when(0, 1),
            active: true,
        };
        let mut tx = self.hub.store().begin().await.unwrap();
        tx.insert_subscription(keys, &subscription).await.unwrap();
        tx.commit().await.unwrap();
        let messages = self.people / 10;
        let small = self.people / 50;
        for page in (0..messages).collect::<Vec<_>>().chunks(PAGE) {
            let mut tx = self.hub.store().begin().await.unwrap();
            for number in page {
                let at = self.when(*number, messages);
                self.message(&mut tx, &subscription, *number, at).await;
                if number % (messages / small.max(1)).max(1) == 0 {
                    let batch = BatchId::new(at, self.bits());
                    let counts =
                        Counts { received: 1, accepted: 1, unchanged: 1, ..Counts::default() };
                    send(&mut tx, batch, &scheme, at, counts).await;
                }
            }
            // What was put into the outbox is taken out of it again, as the worker does.
            let until = now.plus_millis(60_000);
            while let leased @ [_, ..] =
                &*tx.lease_deliveries(keys, "bench", now, until, 500).await.unwrap()
            {
                for one in leased {
                    let abandoned =
                        one.row.id.as_bytes()[15] == 0 && one.row.id.as_bytes()[13] % 2 == 0;
                    let state = if abandoned {
                        State::Abandoned { at: now, reason: Reason::Exhausted }
                    } else {
                        State::Done { at: now }
                    };
                    let outcome = Outcome { state, http_status: Some(200), failure: None };
                    tx.settle_delivery(&one.row, "bench", &outcome, now).await.unwrap();
                }
            }
            tx.commit().await.unwrap();
        }
    }

    async fn message(&mut self, tx: &mut Tx, to: &SubscriptionRow, number: usize, at: Instant) {
        let new = NewDelivery {
            id: DeliveryId::new(at, self.bits()),
            subscription: to.id,
            scheme: to.scheme.clone(),
            record: RecordId::from_bytes(crowd::id(number * TWICE, 0)),
            person: dankun::model::PersonId::from_bytes(crowd::id(number * TWICE, 9)),
            log_seq: number as u64 + 1,
            kind: Kind::RecordChanged,
            body: b"{}".to_vec(),
        };
        tx.insert_delivery(self.hub.store().keys(), &new, at).await.unwrap();
    }
}

async fn send(tx: &mut Tx, id: BatchId, scheme: &SchemeId, at: Instant, counts: Counts) {
    let batch = Batch {
        id,
        scheme: scheme.clone(),
        kind: BatchKind::Records,
        mode: Mode::Delta,
        state: BatchState::Releasing,
        idempotency_key: Some(id.to_string()),
        body_hash: Some(vec![3; 32]),
        epoch: 1,
        file_name: None,
        mapping: Some("ml-utm/1.0.0".to_owned()),
        mapping_hash: None,
        data_as_of: None,
        recorded_at: at,
        received_at: at,
        finished_at: Some(at),
        released_at: Some(at),
        hold_reason: None,
        complete: true,
        counts,
        dropped: "{}".to_owned(),
    };
    tx.begin_batch(&batch).await.unwrap();
    tx.finish_batch(&batch).await.unwrap();
    tx.move_batch(id, BatchState::Releasing, BatchState::Released, at).await.unwrap();
}

/// Everybody once, with their first position in the log.
fn linked(records: &[Record]) -> Vec<(dankun::model::PersonId, u64)> {
    let mut people: Vec<_> = records.iter().map(|record| (record.person, record.seq)).collect();
    people.sort_unstable();
    people.dedup_by_key(|(person, _)| *person);
    people
}

fn logged(records: &[Record], at: Instant) -> Vec<LogLine> {
    let line = |record: &Record| LogLine {
        seq: record.seq,
        kind: "linked",
        record: Some(record.id),
        person: Some(record.person),
        batch: Some(record.batch),
        at,
    };
    records.iter().map(line).collect()
}

fn coverages(scheme: &SchemeId) -> Vec<dankun::model::record::Coverage> {
    let said = serde_json::json!([{
        "scheme": scheme, "contract_id": "C1", "package": "CP", "enrolled_on": "2024-10-01",
        "period": { "start": "2025-01-01", "end": "2026-12-31" }, "status": "active",
    }]);
    serde_json::from_value(said).unwrap()
}

/// A row of the mutuelles' own file, with its columns.
const COLUMNS: &str = "N° adhérent;Rang;Lien;Nom;Prénoms;Sexe;Date de naissance;Né(e) vers;Localité;Commune;Région;Téléphone;\
                       NINA;Code mutuelle;Garantie;Date d'adhésion;Ouverture des droits;Fin des droits;Statut;\
                       Date du statut;Cotisation mensuelle (FCFA)";
const ROW: &str = "UTM-014-7267827;00;ADH;Koïta;Ibrahima;M;08/07/1988;N;Ségou;Ségou;04;97645601;;014;CP;27/01/2022;27/04/2022;\
                   17/07/2026;AJ;27/01/2022;3850";

fn around() -> Around {
    Around { columns: Some(COLUMNS.split(';').map(str::to_owned).collect()), ..Around::default() }
}

/// What the linker writes of a pair.
const DETAIL: &str = r#"{"objection":null,"weight":14.0,"bars":[
    {"field":"prior","level":"prior","share":null,"bits":{"twin":0.0,"household":0.0,"unrelated":-12.0}},
    {"field":"family","level":"same","share":0.001,"bits":{"twin":0.0,"household":0.0,"unrelated":9.9}},
    {"field":"given","level":"same","share":0.002,"bits":{"twin":8.0,"household":8.9,"unrelated":8.9}},
    {"field":"birth_date","level":"same","share":null,"bits":{"twin":0.0,"household":7.2,"unrelated":7.2}}],
    "learnt":[],"withheld":0.0}"#;
