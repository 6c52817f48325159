#!/bin/bash
# `make update-test FROM=v1.0`: an update of a platform that is used, and taken back. The release before (FROM, HEAD~1 unless said) serves;
# this one's migrations run beneath it, and it goes on serving; then this release serves, then the one before again, on the newer schema. Each
# time the main job runs from the filing to the certificate, and in the end all histories are whole. Some minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
new=$PWD from=${FROM:-HEAD~1}
scratch=$(mktemp -d)
old=$scratch/old platform=
export VAR_DIR=$scratch/var HOST=127.0.0.1 PORT=${PORT:-8377}
finish() {
    stop
    git worktree remove --force "$old" 2>/dev/null || true
    rm -rf "$scratch"
}
stop() {
    [ -z "$platform" ] || { kill -INT "$platform" 2>/dev/null && wait "$platform" || true; }
    platform=
}
trap finish EXIT
die() { echo "✗ $*"; tail -n 20 "$scratch/said"; exit 1; }

serve() { # the tree, what to call it
    cd "$1"
    : >"$scratch/run" # before it is looked into, lest what the one before said is taken for this one's
    .venv/bin/python -m ops.up >>"$scratch/run" 2>&1 &
    platform=$!
    until grep -q 'The platform is running' "$scratch/run"; do
        kill -0 "$platform" 2>/dev/null || { cp "$scratch/run" "$scratch/said"; die "$2 ended by itself"; }
        sleep 1
    done
    journey "$1" "$2"
}
journey() {
    (cd "$1" && .venv/bin/python -m ops.journey) >"$scratch/said" 2>&1 || die "the main job: $2"
    echo "✓ the main job: $2"
}

git worktree add --quiet --detach "$old" "$from"
ln -s "$new/.venv" "$old/.venv"
serve "$old" "the release before"
(cd "$new" && .venv/bin/python -m ops.up.migrating) >"$scratch/said" 2>&1 || die "the migrations beneath it"
echo "✓ the migrations beneath it"
journey "$old" "the release before, on the newer schema"
stop
serve "$new" "this release"
stop
serve "$old" "the release before, once more"
(cd "$new" && .venv/bin/python -m ops audit) >"$scratch/said" 2>&1 || die "the histories"
echo "✓ all histories are whole"
