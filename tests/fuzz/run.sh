#!/usr/bin/env bash
# run.sh [RUNS [TARGET…]]: so many inputs through each fuzz target, one after the other; a panic, a hang or a flood of
# memory ends it, and its input stays in tests/fuzz/artifacts. README.md says more.
set -euo pipefail
cd "$(dirname "$0")/../.."

runs=${1:-100000}
shift || true
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
  targets=(path condition mapping_text json ndjson csv xml bundle whole)
fi

if ! command -v cargo-fuzz > /dev/null; then
  echo "cargo-fuzz is missing: cargo install cargo-fuzz" >&2
  exit 2
fi

# Without a sanitizer: the core forbids unsafe code, and so it builds with the stable compiler.
build=(--fuzz-dir tests/fuzz --sanitizer none --target-dir target/fuzz)
nice cargo fuzz build "${build[@]}"
python3 tests/fuzz/seeds.py target/fuzz/seeds

# Longer inputs are slower and say little more: the limits of the readers are lowered for the short ones.
longest() {
  case $1 in
    path | condition) echo 256 ;;
    mapping_text) echo 1024 ;;
    whole) echo 3072 ;;
    *) echo 768 ;;
  esac
}

for target in "${targets[@]}"; do
  corpus=tests/fuzz/corpus/$target
  mkdir -p "$corpus" "tests/fuzz/artifacts/$target"
  echo "== $target: $runs inputs"
  nice cargo fuzz run "${build[@]}" "$target" "$corpus" "target/fuzz/seeds/$target" -- \
    -runs="$runs" -max_len="$(longest "$target")" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 2>&1 |
    { grep -E 'panicked|ERROR|SUMMARY|Test unit written|stat::|DONE' || true; }
done
