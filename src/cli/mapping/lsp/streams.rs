//! Standard input and output as streams of the runtime.
//!
//! Tokio's own standard input would keep the program from ending while it waits for a byte, and an
//! editor that has said `exit` sends none. Here a thread of its own reads, and ends with the program.

use std::io::{self, Read, Write};

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::runtime::Handle;

/// Bytes on their way in one direction; more wait in the pipe of the system.
const ON_THE_WAY: usize = 64 << 10;

/// What the editor sends.
pub fn input() -> DuplexStream {
    let (mut writer, reader) = duplex(ON_THE_WAY);
    let runtime = Handle::current();
    std::thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        let mut buffer = vec![0; ON_THE_WAY];
        while let Ok(count @ 1..) = stdin.read(&mut buffer) {
            let read = buffer.get(..count).unwrap_or_default();
            if runtime.block_on(writer.write_all(read)).is_err() {
                break;
            }
        }
    });
    reader
}

/// Where to write to the editor, and the work of passing it on, which ends with the writer or with
/// the editor.
pub fn output() -> (DuplexStream, impl Future<Output = ()>) {
    let (writer, mut reader) = duplex(ON_THE_WAY);
    let pass_on = async move {
        let mut buffer = vec![0; ON_THE_WAY];
        while let Ok(count @ 1..) = reader.read(&mut buffer).await {
            let bytes = buffer.get(..count).unwrap_or_default().to_vec();
            let written = tokio::task::spawn_blocking(move || {
                let mut stdout = io::stdout().lock();
                stdout.write_all(&bytes).and_then(|()| stdout.flush())
            });
            if !matches!(written.await, Ok(Ok(()))) {
                break;
            }
        }
    };
    (writer, pass_on)
}
