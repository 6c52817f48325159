#!/bin/bash
# `make slow-test`: the embedded platform on a machine that has far too much to do (BURNERS=8 loops beside it): the first start ends with the
# address, the main job runs to its end, and no worker is ended that was merely slow. A few minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
loops=
platform=
finish() {
    [ -z "$platform" ] || { kill -INT "$platform" 2>/dev/null && wait "$platform" || true; }
    [ -z "$loops" ] || kill $loops 2>/dev/null || true
    rm -rf "$scratch"
}
trap finish EXIT
die() { echo "✗ $*"; tail -n 20 "$scratch/run"; exit 1; }

for _ in $(seq "${BURNERS:-8}"); do
    sh -c 'while :; do :; done' &
    loops="$loops $!"
done
started=$(date +%s)
VAR_DIR=$scratch/var .venv/bin/python -m ops.up >"$scratch/run" 2>&1 &
platform=$!
until grep -q 'The platform is running' "$scratch/run"; do
    kill -0 "$platform" 2>/dev/null || die "it ended by itself"
    sleep 1
done
echo "✓ first start beside ${BURNERS:-8} loops: $(($(date +%s) - started)) s"
VAR_DIR=$scratch/var .venv/bin/python -m ops.journey >"$scratch/journey" 2>&1 || { tail -n 5 "$scratch/journey"; die "the main job"; }
echo "✓ the main job: $(($(date +%s) - started)) s since the start"
! grep -E 'ending it|starting it again' "$scratch/run" || die "a worker was ended that was merely slow"
echo "✓ no process was ended or started again"
