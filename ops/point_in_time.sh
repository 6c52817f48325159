#!/bin/bash
# `make point-in-time-test`: what docs/operations.md says of recovery to a point in time, tried with the same commands: a server that archives
# its log of changes, a base backup beneath work that goes on, a mistake, and all five databases back to the second before it, their histories
# whole. Needs PostgreSQL's own tools (Debian: postgresql; BIN=folder for others). A minute.
set -euo pipefail
cd "$(dirname "$0")/.."
BIN=${BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)}
[ -x "$BIN/pg_basebackup" ] || { echo "✗ pg_basebackup is missing: apt-get install postgresql, or BIN=its folder"; exit 1; }
scratch=$(mktemp -d) port=${PORT:-8379} writer=
as_server() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
finish() {
    [ -z "$writer" ] || kill "$writer" 2>/dev/null || true
    for data in "$scratch"/data "$scratch"/back; do
        [ ! -f "$data/postmaster.pid" ] || as_server "$BIN/pg_ctl" -D "$data" -m immediate stop >/dev/null || true
    done
    rm -rf "$scratch"
}
trap finish EXIT
die() { echo "✗ $*"; exit 1; }
mkdir "$scratch/wal"
[ "$(id -u)" != 0 ] || chown -R postgres "$scratch"
ask() { as_server "$BIN/psql" -qAtX -h 127.0.0.1 -p "$port" -U postgres "$@"; }
serve() { # the data folder
    as_server "$BIN/pg_ctl" -D "$1" -w -t 120 -l "$scratch/log" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=''" start >/dev/null ||
        { tail -n 20 "$scratch/log"; die "the server did not start"; }
}

# 1: a server that archives each piece of its log, every minute at the latest; a copy that is there already is not written over.
as_server "$BIN/initdb" -D "$scratch/data" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
cat >>"$scratch/data/postgresql.conf" <<CONF
archive_mode = on
archive_command = 'test ! -f $scratch/wal/%f && cp %p $scratch/wal/%f'
archive_timeout = 60
CONF
serve "$scratch/data"
for service in auth training certificates declaration notifications; do ask -d postgres -c "CREATE DATABASE $service"; done
export PLATFORM_DATABASE_URL="postgresql+psycopg://postgres@127.0.0.1:$port/{service}" PLATFORM_REDIS_URL=redis://127.0.0.1:1/0 PLATFORM_SECURE_COOKIE=0
export PLATFORM_PUBLIC_URL=http://127.0.0.1:1 PLATFORM_INTERNAL_URL=http://127.0.0.1:1 PLATFORM_STORAGE_URL="file://$scratch/files" PLATFORM_CACHE_DIR="$scratch"
eval "$(VAR_DIR=$scratch .venv/bin/python -c '
import os, pathlib, shlex
from ops.up.secrets import load_secrets
for name, value in load_secrets(pathlib.Path(os.environ["VAR_DIR"])).items():
    if name.isupper():
        print(f"export {name}={shlex.quote(value)}")')"
.venv/bin/python -m ops.migrate >"$scratch/said" 2>&1 || { tail -n 5 "$scratch/said"; die "the migrations"; }
echo "✓ a server that archives, five databases"

# 2: work that goes on, and a base backup beneath it.
note="INSERT INTO history (record_type, record_id, action, actor_id, actor_name, address, correlation_id)
      VALUES ('trial', gen_random_uuid(), 'create', gen_random_uuid(), '', '', '')"
work() { while :; do for service in auth declaration; do ask -d "$service" -c "$note" || return; done; sleep 0.1; done; }
work & writer=$!
sleep 2
as_server "$BIN/pg_basebackup" -h 127.0.0.1 -p "$port" -U postgres -D "$scratch/base" --checkpoint=fast --wal-method=none 2>"$scratch/said" ||
    { tail -n 5 "$scratch/said"; die "the base backup"; }
echo "✓ a base backup while somebody works"

# 3: more work, the moment to go back to, more work, and a mistake.
sleep 2
before=$(ask -d declaration -c "SELECT count(*) FROM history")
until_moment=$(ask -d postgres -c "SELECT clock_timestamp()")
sleep 2
kill "$writer" && wait "$writer" 2>/dev/null || true
writer=
ask -d declaration -c "DROP TABLE history CASCADE"
ask -d postgres -c "SELECT pg_switch_wal()" >/dev/null
as_server "$BIN/pg_ctl" -D "$scratch/data" -m fast -w stop >/dev/null
echo "✓ a mistake: a table is gone"

# 4: the base backup, the archive, and the moment; then whoever looks agrees to it.
as_server cp -a "$scratch/base" "$scratch/back"
cat >>"$scratch/back/postgresql.conf" <<CONF
archive_mode = off
restore_command = 'cp $scratch/wal/%f %p'
recovery_target_time = '$until_moment'
recovery_target_action = 'pause'
CONF
as_server touch "$scratch/back/recovery.signal"
serve "$scratch/back"
for _ in $(seq 120); do
    [ "$(ask -d postgres -c 'SELECT pg_get_wal_replay_pause_state()')" = paused ] && break
    sleep 0.5
done
found=$(ask -d declaration -c "SELECT count(*) FROM history")
late=$(ask -d declaration -c "SELECT count(*) FROM history WHERE at > '$until_moment'")
[ "$found" -ge "$before" ] && [ "$late" = 0 ] || die "history: $found rows, at least $before expected; $late of them later"
ask -d postgres -c "SELECT pg_wal_replay_resume()" >/dev/null
for _ in $(seq 120); do [ "$(ask -d postgres -c 'SELECT pg_is_in_recovery()')" = f ] && break; sleep 0.5; done
echo "✓ back at $until_moment: $found rows, none of them later"
.venv/bin/python -m ops audit >"$scratch/said" 2>&1 || { tail -n 10 "$scratch/said"; die "the histories"; }
ask -d declaration -c "$note"
echo "✓ all histories are whole, and work goes on"
