#!/bin/sh
# Secrets in files in place of the containers' environment, where everybody who may ask the engine reads them: `out` moves them from .env (or
# $ENV_FILE) into a file each below secrets/ (or $SECRETS_DIR) and has compose read docker-compose.secrets.yml as well; `in` moves them back, as
# a change of keys needs it (docs/operations.md). A file belongs to the user of the containers (SECRETS_USER), nobody else may read it; so
# this is run as root. Redis runs as another user and reads its password as a member of that user's group.
set -eu
cd "$(dirname "$0")/.."
file=${ENV_FILE:-.env} folder=${SECRETS_DIR:-secrets} user=${SECRETS_USER:-10001}
names=$(sed -n 's/^  \([A-Z][A-Z0-9_]*\): {file: .*/\1/p' docker-compose.secrets.yml)
[ -f "$file" ] || { echo "$file ?" >&2; exit 2; }
umask 077
trap 'rm -f "$file.new"' EXIT
value_of() { sed -n "s/^$1=//p" "$file"; }

case ${1:-} in
  out)
    mkdir -p "$folder"
    for name in $names; do
      value=$(value_of "$name")
      # What is in a file already, and not in .env, stays there.
      [ -z "$value" ] && [ -e "$folder/$name" ] || printf '%s\n' "$value" >"$folder/$name.new"
      [ ! -e "$folder/$name.new" ] || { chown "$user" "$folder/$name.new" && mv "$folder/$name.new" "$folder/$name"; }
    done
    chgrp "${SECRETS_GROUP:-$user}" "$folder/REDIS_PASSWORD"
    chmod 640 "$folder/REDIS_PASSWORD"
    ;;
  in)
    for name in $names; do
      [ -r "$folder/$name" ] || { echo "$folder/$name ?" >&2; exit 2; }
    done
    ;;
  *) echo "ops/secret_files.sh out | in" >&2; exit 2 ;;
esac
while IFS= read -r line; do
  name=${line%%=*}
  [ "$name" = COMPOSE_FILE ] && continue
  case " $(echo $names) " in
    *" $name "*) [ "$1" = out ] && line="$name=" || line="$name=$(cat "$folder/$name")" ;;
  esac
  printf '%s\n' "$line"
done <"$file" >"$file.new"
[ "$1" = in ] || echo COMPOSE_FILE=docker-compose.yml:docker-compose.secrets.yml >>"$file.new"
mv "$file.new" "$file"
[ "$1" = out ] || for name in $names; do rm "$folder/$name"; done
