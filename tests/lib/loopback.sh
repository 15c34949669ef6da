# Nodes and the Bot API stand-in on this machine's loopback, and an owner who presses buttons. Sourced by scripts that are at the root of the
# repository and have set $base: the stand-in's port; the nodes take those after it.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154,SC2317  # base is the caller's, failed for the caller; checks and traps call what looks unreachable
# What tests/cluster has published, where it runs this; else what is built here.
program=${CLUSTER_CONSTELLA:-Constella.Api/bin/Release/net10.0/constella}
standin=${CLUSTER_STANDIN:-tests/standin/bin/Release/net10.0/telegram-standin}
if [ -z "${CLUSTER_CONSTELLA:-}" ]; then
  dotnet build Constella.Api -c Release -v quiet -nologo >&2
  dotnet build tests/standin -c Release -v quiet -nologo >&2
fi
work=$(mktemp -d)
pids=()
failed=0 # read by the caller

cleanup() {
  kill "${pids[@]}" 2>/dev/null || true
  wait "${pids[@]}" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

check() {
  local what=$1
  shift
  if "$@"; then echo "ok $what"; else echo "not ok $what"; failed=1; fi
}

# What the node NAME, the NUMBER-th of its machine, finds in its environment.
environment() {
  local port=$((base + $2))
  export CONSTELLA_STATE_DIR="$work/$1" CONSTELLA_LISTEN="127.0.0.1:$port" CONSTELLA_PUBLIC_ADDR="127.0.0.1:$port" CONSTELLA_SERVER_NAME="$1"
  export CONSTELLA_BOT_API_URL="http://127.0.0.1:$base" CONSTELLA_BOT_TOKEN=123:ABC CONSTELLA_OWNER=@username CONSTELLA_LOG_LEVEL=warning
}

# constella VERB…: as the owner of the first node types it.
constella() (
  environment alpha-01 1
  exec "$program" "$@"
)

# start NAME NUMBER ARGS…: runs a node; $started is its pid.
start() {
  (
    environment "$1" "$2"
    exec "$program" run "${@:3}"
  ) >>"$work/$1.log" 2>&1 &
  started=$!
  pids+=("$started")
}

control() { curl -fsS -m 2 "http://127.0.0.1:$base/control/$1" "${@:2}"; }

post() { control "$1" -H 'content-type: application/json' -d "$2" >/dev/null; }

# within SECONDS COMMAND…
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || return 1
    sleep 0.5
  done
}

chat_has() { control 'chat?user_id=42' | grep -qF "$1"; }
alive() { [ "$(constella peers --json | grep -c '"health": "alive"')" = "$1" ]; }

join() {
  local link
  link=$(constella invite 2>/dev/null | grep -o 'join://[^ ]*' | head -n 1)
  CONSTELLA_JOIN="$link" start "$1" "$2"
}

# stand_in: up, or the end.
stand_in() {
  "$standin" --listen "127.0.0.1:$base" >"$work/standin.log" 2>&1 &
  pids+=($!)
  within 20 control updates || { cat "$work/standin.log" >&2; exit 1; }
}
