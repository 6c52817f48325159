#!/bin/sh
# The real layout, tried: builds it, starts it as a project of its own with fresh secrets on a free port, plays the main job against it (and
# ends the rendering worker with kill -9 in the middle), asks the gateway what it must refuse, and removes all but the built images.
# READY_SECONDS and BACK_SECONDS give a machine time that others use, too. SECRETS=files has the secrets in files (docker-compose.secrets.yml; as root).
# SCALE=two runs two of everything (docker-compose.scale.yml).
# BURNERS=8 runs so many loops beside it from the start on: a machine that has far too much to do must be slow, and nothing else.
set -eu
cd "$(dirname "$0")/.."
project=${COMPOSE_TEST_PROJECT:-platform-test}
python=${PYTHON:-.venv/bin/python}
burners=${BURNERS:-0}
ready_seconds=${READY_SECONDS:-$((300 + 150 * burners))}
back_seconds=${BACK_SECONDS:-$((30 + 30 * burners))}
# How long a refusal may take is promised for a machine that has time.
soon='^seconds [012]\.' soon_said="within two seconds or so"
[ "$burners" -eq 0 ] && [ -z "${READY_SECONDS:-}" ] || soon='^seconds [0-9]+\.' soon_said="in the end"
scratch=$(mktemp -d)
failures=0
loops=

say() { printf '%s  %s\n' "$(date +%T)" "$*"; }
files="--file docker-compose.yml"
[ "${SECRETS:-}" != files ] || files="$files --file docker-compose.secrets.yml"
[ "${SCALE:-}" != two ] || files="$files --file docker-compose.scale.yml"
compose() { docker compose --ansi never --project-name "$project" --env-file "$scratch/env" $files "$@"; }
containers() { docker ps --quiet --filter "label=com.docker.compose.project=$project" "$@"; }

finish() {
  result=$?
  trap - EXIT INT TERM
  [ -z "$loops" ] || kill $loops 2>/dev/null || true
  if [ "$result" -ne 0 ] && [ "$failures" -eq 0 ]; then
    say "what the containers are, and what they complained of last"
    compose ps --all || true
    compose logs --no-log-prefix 2>&1 | grep -E '"level": "(warning|error|critical)"|Error|FATAL|emerg|waiting \(' | tail -n 30 | cut -c 1-600 || true
  fi
  say "removing containers, networks and volumes"
  compose down --volumes --remove-orphans --timeout 10 >"$scratch/down.log" 2>&1 || cat "$scratch/down.log"
  rm -rf "$scratch"
  exit "$result"
}

exec 9>"${TMPDIR:-/tmp}/$project.lock"
flock -n 9 || { echo "another compose test is running as $project" >&2; exit 1; }
port=${PORT:-$($python -c 'import socket; s = socket.create_server(("", 0)); print(s.getsockname()[1])')}
url=http://127.0.0.1:$port
ENV_FILE="$scratch/env" ops/new_env.sh PLATFORM_DEMO=1 "GATEWAY_PORT=$port" "PLATFORM_PUBLIC_URL=$url" \
  "GATEWAY_NETWORK=${GATEWAY_NETWORK:-10.213.78}"
cp "$scratch/env" "$scratch/secrets.env"
export SECRETS_DIR="$scratch/secrets" GATEWAY_SECOND_PORT=$((port + 1))
[ "${SECRETS:-}" != files ] || ENV_FILE="$scratch/env" ops/secret_files.sh out
trap finish EXIT
trap 'exit 130' INT TERM
# A test that was killed may have left its volumes, whose passwords nobody knows any more.
compose down --volumes --remove-orphans --timeout 5 >/dev/null 2>&1 || true

# --- build and start -------------------------------------------------------------------------------------------------------------------
docker buildx version >/dev/null 2>&1 || export DOCKER_BUILDKIT=0
say "building the images"
# The services first: an engine without BuildKit would otherwise build their stage three times at once.
for image in migrate ""; do
  compose build $image >"$scratch/build.log" 2>&1 || { tail -n 40 "$scratch/build.log"; exit 1; }
done
for _ in $(seq "$burners"); do
  sh -c 'while :; do :; done' &
  loops="$loops $!"
done
[ "$burners" -eq 0 ] || say "$burners loops burn beside it"

# --- a gateway that is there before everybody else ----------------------------------------------------------------------------------------
ask() { docker run --rm --interactive --network host --entrypoint curl "$project-gateway" --silent --max-time 60 "$@" </dev/null; }
send() { docker run --rm --interactive --network host --entrypoint curl "$project-gateway" --silent --max-time 60 --data-binary @- "$@"; }
check() { # what, pattern that the answer must hold, answer
  if printf '%s' "$3" | tr -d '\r' | grep -Eq -- "$2"; then
    say "ok      $1"
  else
    failures=$((failures + 1))
    say "FAILED  $1: no $2 in"
    printf '%s\n' "$3" | head -c 1500
  fi
}
say "starting the gateway of $project on $url"
compose up --detach --quiet-pull gateway >"$scratch/up.log" 2>&1 || { tail -n 20 "$scratch/up.log"; exit 1; }
for _ in $(seq "$back_seconds"); do
  ask --output /dev/null --fail "$url/healthz" && break
  sleep 1
done
answer="$(ask --include "$url/api/auth/challenge")"
check "a service that is not there yet is a 503" '^HTTP/1.1 503' "$answer"
check "as a problem document" '"code":"unavailable"' "$answer"
check "that says when to come back" '^[Rr]etry-[Aa]fter: [0-9]+' "$answer"
check "the portal is served without any service" '<div id="app">' "$(ask "$url/")"

# --- all the others, in any order ---------------------------------------------------------------------------------------------------------
say "starting the others"
compose up --detach --quiet-pull >"$scratch/up.log" 2>&1 || { tail -n 20 "$scratch/up.log"; exit 1; }
twice=$(compose config | grep -c '^      replicas: 2$' || true)
expected=$(($(compose config --services | wc -l) + twice - 1)) # all but the one-off
prepared() { [ "$(docker inspect --format '{{.State.Status}} {{.State.ExitCode}}' "$(compose ps --all --quiet migrate)")" = "exited 0" ]; }
begun=$(date +%s)
until prepared && [ "$(containers --filter health=healthy | wc -l)" -ge "$expected" ]; do
  [ "$(($(date +%s) - begun))" -lt "$ready_seconds" ] || { say "not healthy after $ready_seconds s"; exit 1; }
  sleep 3
done
say "all $expected containers are healthy after $(($(date +%s) - begun)) s"

# --- the main job, with a crash in it ---------------------------------------------------------------------------------------------------
crash() { # everything in the container but its init, as the kernel does it when memory ends
  say "kill -9 of $1"
  compose exec -T "$1" python -c 'import os; os.kill(-1, 9)' || true
}

echo 1 >"$scratch/journey"
{
  PYTHONUNBUFFERED=1 $python -m ops.journey "$url" 2>&1 && echo 0 >"$scratch/journey"
} | while IFS= read -r line; do
  printf '    %s\n' "$line"
  case $line in *证书生成*…) crash certificates-slow </dev/null ;; esac
done
[ "$(cat "$scratch/journey")" = 0 ] || { say "the main job failed"; exit 1; }

say "memory after the main job"
docker stats --no-stream --format '{{.MemUsage}} {{.Name}}' $(containers) | sort -k 4 | sed 's/^/    /'

# --- the gateway ------------------------------------------------------------------------------------------------------------------------
large="$(head -c 13000000 /dev/zero | send --include "$url/api/training/attachments")"
check "13 MB are refused" '^HTTP/1.1 413' "$large"
check "as a problem document" 'Content-Type: application/problem\+json' "$large"
check "with its code" '"code":"body_too_large"' "$large"
chunked="$(head -c 13000000 /dev/zero | send --include --header 'Transfer-Encoding: chunked' "$url/api/training/attachments")"
check "13 MB without a length are refused" '^HTTP/1.1 413' "$chunked"

for path in /internal/training/events /internal /api/training/../../internal/auth/events /api/auth/%2e%2e/%2e%2e/internal/auth/sessions \
  //internal/training/events /metrics /dev/messages/sms /api/nothing/at/all; do
  check "$path is not there" '"code":"not_found"' "$(ask --path-as-is "$url$path")"
done

for path in / /api/training/personnel /api/nothing /dev/messages; do
  answer="$(ask --include "$url$path")"
  wrong=
  for header in X-Content-Type-Options X-Frame-Options Referrer-Policy Content-Security-Policy Permissions-Policy Cache-Control X-Request-ID; do
    [ "$(printf '%s\n' "$answer" | grep -ci "^$header:")" = 1 ] || wrong="$wrong $header"
  done
  check "$path says each security header once" '^:$' ":$wrong"
done
check "the portal is served" '<div id="app">' "$(ask "$url/any/page")"
check "who is not signed in is told so by the service" '"code":"not_signed_in"' "$(ask "$url/api/training/personnel")"
check "the public check answers" 'HTTP/1.1 404' "$(ask --include "$url/verify/nothing")"

# At once: a machine that others use, too, answers eighty in a row no faster than is allowed.
flood() { ask --parallel --parallel-max 80 --include --header "X-Forwarded-For: $1" --json '{}' "$url/api/auth/sessions?n=[1-80]"; }
answer="$(flood 192.0.2.1 && flood 192.0.2.2)"
check "sign-in is limited by the real address" 'HTTP/1.1 429' "$answer"
check "as a problem document" '"code":"too_many_requests"' "$answer"
check "with Retry-After" '^[Rr]etry-[Aa]fter: [0-9]+' "$answer"
check "and nothing else is" '"code":"not_signed_in"' "$(ask "$url/api/training/personnel")"

# The words of docs/go-live.md.
check "the audit trail of every service is whole" '^5$' "$(compose run --rm --no-deps -T migrate python -m ops.audit 2>/dev/null | grep -c whole)"
check "rows need no other key than there is" '^0$' "$(compose run --rm --no-deps -T migrate python -m ops.rekey >/dev/null 2>&1; echo $?)"

# --- who knows what -----------------------------------------------------------------------------------------------------------------------
knowing() { # the containers in whose environment a secret stands
  secret=$(sed -n "s/^$1=//p" "$scratch/secrets.env")
  for container in $(containers); do
    docker inspect --format '{{.Name}} {{.Config.Env}}' "$container" | grep -F "$secret" | cut -d ' ' -f 1
  done | sed "s/^.$project-//; s/-[a-z]*-[12]$//" | sort -u | tr '\n' ' '
}
in_environment() { if [ "${SECRETS:-}" = files ]; then echo; else echo "$1"; fi; }
for service in auth training certificates declaration notifications; do
  name=PLATFORM_DATABASE_PASSWORD_$(echo $service | tr a-z A-Z)
  check "the database password of $service is its own" "^:$(in_environment "$service ")$" ":$(knowing "$name")"
  [ "${SECRETS:-}" != files ] || check "as a file" "^[0-9a-f]{64}$" "$(compose exec -T $service-api cat /run/secrets/$name)"
done
check "only auth knows the key of proofs" "^:$(in_environment 'auth ')$" ":$(knowing AUTH_PROOF_KEY)"
check "the administrator's password is the server's" "^:$(in_environment 'postgres-1 ')$" ":$(knowing POSTGRES_PASSWORD)"
answer="$(compose exec -T training-api python -c 'import psycopg
from shared.settings import platform_settings
url = platform_settings().database_of("training").replace("+psycopg", "")
for database in ("auth", "certificates", "declaration", "notifications", "postgres"):
    try:
        psycopg.connect(url.removesuffix("training") + database)
        print("enters", database)
    except psycopg.OperationalError as error:
        print("refused" if "permission denied" in str(error) else error)' 2>&1)"
check "a service enters no other database" '^5$' "$(printf '%s\n' "$answer" | grep -c '^refused$')"

# --- what is away -----------------------------------------------------------------------------------------------------------------------
back() { # path: asks until the service answers for itself again
  for _ in $(seq "$back_seconds"); do
    ask --output /dev/null --fail "$url$1" && return
    sleep 1
  done
}

say "stopping declaration-api"
compose stop declaration-api >/dev/null 2>&1
answer="$(ask --include --write-out '\nseconds %{time_total}' "$url/api/declaration/healthz")"
check "a service that is away is a 503" '^HTTP/1.1 503' "$answer"
check "that says when to come back" '^[Rr]etry-[Aa]fter: [0-9]+' "$answer"
check "$soon_said" "$soon" "$answer"
compose up --detach --no-deps --force-recreate declaration-api >/dev/null 2>&1
back /api/declaration/readyz
check "a container made anew is found" '"status":"ok"' "$(ask "$url/api/declaration/readyz")"

if [ "${SCALE:-}" = two ]; then
  check "the second gateway serves as the first does" '"status":"ok"' "$(ask "http://127.0.0.1:$((port + 1))/api/training/readyz")"
  say "killing one of two: an API, a worker, a beat"
  for name in training-api training-fast beat; do docker kill "$(compose ps --quiet "$name" | head -n 1)" >/dev/null; done
  wrong=0
  for _ in $(seq 20); do ask --output /dev/null --fail "$url/api/training/readyz" || wrong=$((wrong + 1)); done
  check "the other API answers all the while" '^0$' "$wrong"
  $python -m ops.journey "$url" >"$scratch/second" 2>&1 || { failures=$((failures + 1)); say "FAILED  the main job with one of two"; tail -n 5 "$scratch/second"; }
  compose up --detach --no-deps training-api training-fast beat >/dev/null 2>&1
fi

say "stopping postgres"
compose stop postgres >/dev/null 2>&1
answer="$(ask --include --write-out '\nseconds %{time_total}' "$url/api/training/readyz")"
check "a database that is away is a 503" '^HTTP/1.1 503' "$answer"
check "that says when to come back" '^[Rr]etry-[Aa]fter: [0-9]+' "$answer"
check "$soon_said" "$soon" "$answer"
compose start postgres >/dev/null 2>&1
back /api/training/readyz
check "and it recovers by itself" '"status":"ok"' "$(ask "$url/api/training/readyz")"

# --- the containers ---------------------------------------------------------------------------------------------------------------------
roots=
for container in $(containers); do
  docker top "$container" -eo uid,pid,comm | awk 'NR > 1 && $1 == 0 {found = 1} END {exit !found}' &&
    roots="$roots $(docker inspect --format '{{.Name}}' "$container")"
done
check "no container has a process of root" '^:$' ":$roots"
check "no container met its memory limit" '^:$' ":$(docker inspect --format '{{if .State.OOMKilled}}{{.Name}}{{end}}' $(containers) | tr -d '\n')"
check "the killed worker was started again" '^1$' "$(docker inspect --format '{{.RestartCount}}' $(compose ps --quiet certificates-slow))"

[ "$failures" -eq 0 ] || { say "$failures checks failed"; exit 1; }
say "the real layout stands"
