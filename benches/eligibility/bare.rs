//! The least that a server could do for a signed answer: one select by a primary key through a pool of four, and one
//! Ed25519 signature. No key is asked for, nothing is understood, decided or written down.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::Ed25519KeyPair;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};
use tokio::net::TcpListener;

use crate::cluster::Place;

/// Connections, as many as measured best on two cores.
const POOL: u32 = 4;

const SELECT: &str = "select person_id from person_links where record_id = $1";

struct Bare<P> {
    pool: P,
    key: Ed25519KeyPair,
}

/// Serves on a free port.
pub async fn serve(place: &Place) -> SocketAddr {
    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let router = if place.url.starts_with("sqlite") {
        let pool = SqlitePoolOptions::new().max_connections(POOL).test_before_acquire(false);
        let pool = pool.connect(&place.url).await.unwrap();
        Router::new().route("/", post(sqlite)).with_state(Arc::new(Bare { pool, key }))
    } else {
        let pool = PgPoolOptions::new().max_connections(POOL).test_before_acquire(false);
        let pool = pool.connect(&place.url).await.unwrap();
        Router::new().route("/", post(postgres)).with_state(Arc::new(Bare { pool, key }))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router).into_future());
    address
}

/// `body` is the id of a record in hexadecimal digits.
async fn sqlite(State(bare): State<Arc<Bare<SqlitePool>>>, body: String) -> String {
    let query = sqlx::query_scalar(SELECT).bind(hex::decode(body).unwrap());
    let person: Vec<u8> = query.fetch_one(&bare.pool).await.unwrap();
    signed(&bare.key, &person)
}

async fn postgres(State(bare): State<Arc<Bare<PgPool>>>, body: String) -> String {
    let query = sqlx::query_scalar(SELECT).bind(hex::decode(body).unwrap());
    let person: Vec<u8> = query.fetch_one(&bare.pool).await.unwrap();
    signed(&bare.key, &person)
}

fn signed(key: &Ed25519KeyPair, person: &[u8]) -> String {
    let mut answer = format!(r#"{{"person":"{}"}}"#, hex::encode(person));
    let signature = key.sign(answer.as_bytes());
    answer.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut answer);
    answer
}
