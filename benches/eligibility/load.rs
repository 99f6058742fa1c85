//! The one who asks: connections that stay open, one question at a time on each, requests made beforehand. It runs on a
//! thread of its own and does as little as it can, because it takes its time from the servers'.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Callers at once.
const CALLERS: usize = 32;

/// A whole request, as it goes over the wire.
pub type Request = Arc<[u8]>;

/// What one run came to: answers a second, and how long the middle and the 99th in a hundred took, in milliseconds.
pub struct Load {
    pub rate: f64,
    pub median: f64,
    pub late: f64,
}

/// A request with a body.
pub fn post(path: &str, key: Option<&str>, body: &str) -> Request {
    let authorization =
        key.map(|key| format!("authorization: Bearer {key}\r\n")).unwrap_or_default();
    let length = body.len();
    let text = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\n{authorization}content-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    );
    text.into_bytes().into()
}

/// Sends every request once and waits for its answer.
pub async fn run(address: SocketAddr, requests: Vec<Request>) -> Load {
    let asking = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(ask_all(address, requests))
    };
    tokio::task::spawn_blocking(asking).await.expect("the load ends")
}

async fn ask_all(address: SocketAddr, requests: Vec<Request>) -> Load {
    let (count, requests, next) =
        (requests.len(), Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let started = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        callers.spawn(ask(address, Arc::clone(&requests), Arc::clone(&next)));
    }
    let mut took: Vec<f64> = callers.join_all().await.concat();
    let rate = count as f64 / started.elapsed().as_secs_f64();
    took.sort_by(f64::total_cmp);
    let at = |hundredth: usize| took[(took.len() - 1) * hundredth / 100] * 1e3;
    Load { rate, median: at(50), late: at(99) }
}

async fn ask(address: SocketAddr, requests: Arc<Vec<Request>>, next: Arc<AtomicUsize>) -> Vec<f64> {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.set_nodelay(true).expect("a socket");
    let (mut took, mut answer) = (Vec::new(), Vec::with_capacity(8 << 10));
    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        let started = Instant::now();
        stream.write_all(request).await.expect("the server reads");
        read(&mut stream, &mut answer).await;
        took.push(started.elapsed().as_secs_f64());
    }
    took
}

/// Reads one answer to its end; panics unless it is a good one.
async fn read(stream: &mut TcpStream, answer: &mut Vec<u8>) {
    answer.clear();
    loop {
        let more = stream.read_buf(answer).await.expect("the server answers");
        assert!(more > 0, "the server hung up");
        if let Some(length) = length(answer)
            && answer.len() >= length
        {
            let shown = String::from_utf8_lossy(answer);
            assert!(answer.starts_with(b"HTTP/1.1 200"), "{shown}");
            return;
        }
    }
}

/// Bytes of the whole answer, once its head is there.
fn length(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..head]).expect("a head is text");
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    Some(head.len() + 4 + length.expect("a length"))
}
