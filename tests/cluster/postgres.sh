#!/bin/sh
# A throw-away PostgreSQL cluster: durable (fsync on), unix socket only, an unprivileged owner.
#
#   postgres.sh start DIR   makes one in DIR and prints its address
#   postgres.sh stop DIR    ends and removes it
#   postgres.sh run DIR     start, then stop as soon as standard input ends: a dead caller leaves nothing behind
set -eu

find_bin() {
    for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V -r) /usr/local/pgsql/bin; do
        if [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ]; then echo "$dir"; return; fi
    done
    if command -v initdb >/dev/null && command -v pg_ctl >/dev/null; then dirname "$(command -v initdb)"; return; fi
    echo "no PostgreSQL found: run \`make test\`, which installs it" >&2
    exit 3
}

# PostgreSQL refuses to run as root; `nobody` always exists, `postgres` comes with Debian's package.
as_owner() {
    if [ "$(id -u)" = 0 ]; then
        owner=$(getent passwd postgres nobody | head -n 1 | cut -d: -f1)
        setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups "$@"
    else
        "$@"
    fi
}

start() {
    dir=$1
    bin=$(find_bin)
    mkdir -p "$dir"
    if [ "$(id -u)" = 0 ]; then chown "$(getent passwd postgres nobody | head -n 1 | cut -d: -f1)" "$dir"; fi
    # Not the caller's folder: the owner of the cluster may have no right to stand in it.
    cd /
    as_owner "$bin/initdb" -D "$dir/data" -U dankun --auth=trust --encoding=UTF8 --locale=C --no-instructions \
        >"$dir.initdb.log" 2>&1 || { cat "$dir.initdb.log" >&2; exit 3; }
    rm -f "$dir.initdb.log"
    port=$(( ($$ % 20000) + 20000 ))
    as_owner "$bin/pg_ctl" -D "$dir/data" -w -s -l "$dir/log" -o \
        "-c listen_addresses='' -c unix_socket_directories='$dir' -c port=$port -c max_connections=200 -c fsync=on" start \
        || { cat "$dir/log" >&2; exit 3; }
    echo "postgres:///postgres?host=$dir&port=$port&user=dankun"
}

stop() {
    dir=$1
    bin=$(find_bin)
    cd /
    as_owner "$bin/pg_ctl" -D "$dir/data" -w -s -m immediate stop || true
    rm -rf "$dir"
}

run() {
    # An interrupt is for the caller; this script waits for the end of its input.
    trap '' INT TERM HUP
    start "$1"
    cat >/dev/null
    stop "$1"
}

case "${1:-}" in
    start | stop | run) "$1" "$2" ;;
    *) echo "usage: postgres.sh start|stop|run DIR" >&2; exit 2 ;;
esac
