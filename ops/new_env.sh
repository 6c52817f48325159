#!/bin/sh
# Writes .env (or $ENV_FILE) from .env.example with fresh secrets. Arguments NAME=value replace a line; a demo, which signs in far more often
# than anybody's phone does, also gets wide limits for SMS codes. A file that is there is completed: names that a later release added come at
# its end, secrets among them fresh, but no key of data that is there already; nothing in it is changed.
set -eu
cd "$(dirname "$0")/.."
target=${ENV_FILE:-.env}
for change in "$@"; do
  grep -q "^${change%%=*}=" .env.example || { echo "${change%%=*} is not in .env.example" >&2; exit 2; }
done
for change in "$@"; do
  if [ "$change" = PLATFORM_DEMO=1 ]; then
    set -- AUTH_CODES_PER_PHONE_A_DAY=1000 AUTH_CODES_PER_ADDRESS_AN_HOUR=1000 \
        AUTH_SIGN_IN_CODES_PER_PHONE_A_DAY=1000 AUTH_SIGN_IN_CODES_PER_ADDRESS_AN_HOUR=1000 "$@"
  fi
done
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
fernet() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }
filled() { # a line of the example, with what was asked for, or a secret
  line=$1
  shift
  for change in "$@"; do
    case $line in "${change%%=*}="*) line=$change ;; esac
  done
  case $line in
    PLATFORM_FIELD_KEYS=) line="$line$(fernet)" ;;
    POSTGRES_PASSWORD=|REDIS_PASSWORD=|AUTH_PROOF_KEY=|PLATFORM_DATABASE_PASSWORD_*=|PLATFORM_*_SECRET=|PLATFORM_*_KEY=) line="$line$(secret)" ;;
  esac
  printf '%s\n' "$line"
}
umask 077
trap 'rm -f "$target.new"' EXIT
if [ ! -e "$target" ]; then
  while IFS= read -r line; do filled "$line" "$@"; done <.env.example >"$target.new"
  mv "$target.new" "$target"
  exit
fi
for name in POSTGRES_PASSWORD REDIS_PASSWORD PLATFORM_INTERNAL_SECRET PLATFORM_FIELD_KEYS PLATFORM_BLIND_INDEX_KEY PLATFORM_SIGNING_KEY; do
  grep -q "^$name=" "$target" || {
    echo "$target 中缺少 $name，已有数据要用它，请从备份中找回，什么都没有改动 · $name is missing, and data need it; nothing was changed" >&2
    exit 2
  }
done
cp "$target" "$target.new"
[ -z "$(tail -c 1 "$target.new")" ] || echo >>"$target.new"
while IFS= read -r line; do
  case $line in
    [A-Z]*=*)
      grep -q "^${line%%=*}=" "$target" || {
        filled "$line" >>"$target.new"
        echo "已加入 added: ${line%%=*}" >&2
      }
      ;;
  esac
done <.env.example
if cmp -s "$target" "$target.new"; then
  echo "$target is there; nothing changed" >&2
else
  mv "$target.new" "$target"
fi
