//! The program `dankun`: everything is in the library, see [`dankun::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    dankun::cli::main()
}
