# make demo    build, tell the story on an embedded store, leave the hub serving (Ctrl-C ends it)
# make test    everything, on SQLite and on a throw-away PostgreSQL
# make screenshots   pictures of every view of the page, into target/screenshots
# make weight   bytes of each view of the page and the time that the hub takes for it, on the demonstration's data or on
#               DATABASE (records, and no accounts yet); fails over 150 kB or 100 ms
# make crowd    the same where there are PEOPLE people (1,000,000) with a year of work around them, on SQLite and PostgreSQL
# make check   form and lints
# make bench   mappings against hand-written programs for the same files, reading against csv and serde_json,
#              linkage and the identity index at a million records, questions about coverage against a bare handler
# make fuzz    broken files and mappings through every reader, RUNS inputs each (needs cargo-fuzz)
# make proof   the sizes: 20,000 people on both stores, the identity index on 100,000, files of 1,000,000 records, linkage
#              beside Splink and of 10,000,000 records (two hours)

CARGO   ?= cargo
DANKUN  := target/release/dankun
LANGUAGE := $(if $(DANKUN_LANG),--lang $(DANKUN_LANG),)

.PHONY: all demo test screenshots weight crowd check bench fuzz proof postgres chromium clean

all:
	$(CARGO) build --release --locked

demo: all
	$(DANKUN) $(LANGUAGE) demo

# In the development profile: optimising twenty test programs takes longer than running them.
# One cluster for all test programs: starting one for each would cost two seconds each.
test: postgres chromium
	$(CARGO) test --locked --no-run
	@set -eu; \
	place=$$(mktemp -d /tmp/dankun.XXXXXX); chmod 711 "$$place"; \
	trap 'tests/cluster/postgres.sh stop "$$place/pg" >/dev/null 2>&1 || true; rm -rf "$$place"' EXIT; \
	DANKUN_TEST_POSTGRES=$$(tests/cluster/postgres.sh start "$$place/pg"); \
	export DANKUN_TEST_POSTGRES; \
	echo "PostgreSQL for the tests: throw-away cluster in $$place"; \
	$(CARGO) test --locked --no-fail-fast
	node --test tests/browser/page.test.mjs

screenshots: all chromium
	node tests/browser/screenshots.mjs $(DANKUN) target/screenshots

weight: all chromium
	node tests/browser/weight.mjs $(DANKUN) $(DATABASE)

crowd: postgres chromium
	$(CARGO) bench --locked --bench page -- $(PEOPLE)

check:
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- --deny warnings

bench: postgres
	$(CARGO) bench --locked --bench mapping
	$(CARGO) bench --locked --bench format
	$(CARGO) bench --locked --bench identity
	$(CARGO) bench --locked --bench eligibility

fuzz:
	tests/fuzz/run.sh $(RUNS)

proof: all postgres
	tests/proof/run.sh

# Debian's package when there is none. The package's own server is not used and need not run.
postgres:
	@if command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then \
	  exit 0; \
	fi; \
	if ! command -v apt-get >/dev/null 2>&1; then \
	  echo "The tests need the programs of PostgreSQL 14 or later: install them and try again." >&2; exit 1; \
	fi; \
	if [ "$$(id -u)" = 0 ]; then sudo=; elif command -v sudo >/dev/null 2>&1; then sudo=sudo; else \
	  echo "The tests need PostgreSQL: run 'apt-get install postgresql' as root and try again." >&2; exit 1; \
	fi; \
	echo "Installing Debian's PostgreSQL for the tests …"; \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get update -q >/dev/null && \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends postgresql >/dev/null

# Debian's Chromium and Node when there are none, and what npm holds at the versions of the lock file.
chromium:
	@if ! command -v chromium >/dev/null 2>&1 && [ -z "$${DANKUN_CHROMIUM:-}" ] || ! command -v npm >/dev/null 2>&1; then \
	  if ! command -v apt-get >/dev/null 2>&1; then \
	    echo "The tests of the page need Chromium and Node 18 or later: install them and try again." >&2; exit 1; \
	  fi; \
	  if [ "$$(id -u)" = 0 ]; then sudo=; elif command -v sudo >/dev/null 2>&1; then sudo=sudo; else \
	    echo "The tests of the page need Chromium: run 'apt-get install chromium nodejs npm' as root and try again." >&2; exit 1; \
	  fi; \
	  echo "Installing Debian's Chromium for the tests of the page …"; \
	  needs=chromium; command -v npm >/dev/null 2>&1 || needs="chromium nodejs npm"; \
	  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get update -q >/dev/null && \
	  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$needs >/dev/null; \
	fi
	@if [ ! -d tests/browser/node_modules/playwright-core ]; then npm --prefix tests/browser ci --no-audit --no-fund --loglevel error; fi
	@if [ ! -d ui/workshop/node_modules/esbuild ]; then npm --prefix ui/workshop ci --no-audit --no-fund --loglevel error; fi

clean:
	$(CARGO) clean
