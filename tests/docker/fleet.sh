# shellcheck shell=bash disable=SC2154
# Three machines, each with an engine and one container; the bot moves between them, and a machine is rebooted.

NAMES=('' alpha-01 bravo-02 charlie-03)

control() { net_exec 0 curl -fsS -m 3 "http://$(net_addr 0):8081/control/$1" "${@:2}"; }

say_to_bot() { control send -H 'content-type: application/json' -d '{"user_id":42,"username":"username","text":"/nodes","language_code":"en"}' >/dev/null; }

settings() {
  cat >"$work/m$1/clone/.env" <<TEXT
CONSTELLA_SERVER_NAME=${NAMES[$1]}
CONSTELLA_PRIORITY=$(($1 * 10))
CONSTELLA_BOT_API_URL=http://$(net_addr 0):8081
CONSTELLA_JOIN=${2:-}
TEXT
}

# Idempotent: what an earlier part has brought up stays.
fleet() {
  [ ! -e "$work/fleet" ] || return 0
  local n
  nsenter --net="/run/netns/$(net_ns 0)" "$work/standin/telegram-standin" --listen "$(net_addr 0):8081" >"$work/telegram.log" 2>&1 &
  disown
  engine_docker m1 info >/dev/null 2>&1 || machine 1 || return
  compose 1 down -v >/dev/null 2>&1
  rm -rf "$work/m1/clone/state"
  engine_docker m1 save -o "$work/image.tar" "$IMAGE"
  settings 1
  compose 1 up -d >/dev/null 2>&1
  within 30 has '"is_host": true' node 1 status --json >/dev/null || { node 1 status; return 1; }
  node 1 config set owner @username >/dev/null && node 1 config set bot-token - <<<123:ABC >/dev/null || return
  for n in 2 3; do
    machine "$n" || return
    settings "$n" "$(node 1 invite 2>/dev/null | grep -o 'join://[^ ]*')"
    check "fleet: ${NAMES[$n]} joins by CONSTELLA_JOIN: docker compose up -d" compose "$n" up -d
  done
  touch "$work/fleet"
}

alive() { is "$(node "$1" peers --json | tr -d ' \n' | grep -o '"health":"alive"' | wc -l)" "$2"; }

# The address of who answered the owner last, since number $1 of the journal; empty while nobody has.
answers_since() { control "journal?since=$1" | tr -d '\n ' | sed 's/},{/}\n{/g' | grep '"kind":"call"' | grep -E '"method":"(sendMessage|editMessageText|sendPhoto)"' | grep '"status":200' || true; }

journal_length() { control 'journal?since=0' | tr -d '\n ' | sed 's/},{/}\n{/g' | wc -l; }

mono() { control time | value mono_ms; }

# answered_by_another ADDRESS SINCE FROM: says how many seconds after FROM (ms) somebody else answered.
answered_by_another() {
  local line
  say_to_bot
  line=$(answers_since "$2" | grep -v "\"remote\":\"$1\"" | head -n 1)
  [ -n "$line" ] || return 1
  awk -v at="$(value mono_ms <<<"$line")" -v from="$3" -v who="$(value remote <<<"$line")" 'BEGIN { printf "%.1f s, by %s\n", (at - from) / 1000, who }'
}

bot_answers_from() { say_to_bot && answers_since "$2" | grep -q "\"remote\":\"$1\""; }

# lose_host WHAT SECONDS COMMAND…: the command ends the Host's container; the owner asks twice a second.
lose_host() {
  local since from what=$1 limit=$2 said
  shift 2
  since=$(journal_length)
  from=$(mono)
  "$@" >/dev/null 2>&1
  if said=$(within 30 answered_by_another "$(net_addr 1)" "$since" "$from"); then
    check "$what: $said" awk -v took="${said%% *}" -v most="$limit" 'BEGIN { exit took > most }'
  else
    fail "$what" "nobody else answered in 30 s"
  fi
}

part_fleet() {
  fleet || { fail "fleet: three machines with a node each"; return; }
  check "fleet: three nodes, all alive" within 40 alive 2 3
  check "fleet: the bot answers from the Host's container" within 40 bot_answers_from "$(net_addr 1)" 0
  lose_host "fleet: kill -9 of the Host's container, and the bot answers from another within 10 s" 10 engine_docker m1 kill -s KILL "$(container 1)"
  compose 1 up -d >/dev/null 2>&1
  check "fleet: the lost one comes back and leads again" within 60 has '"is_host": true' node 1 status --json
  within 20 bot_answers_from "$(net_addr 1)" "$(journal_length)" >/dev/null
  lose_host "fleet: docker stop hands over within 3 s" 3 engine_docker m1 stop "$(container 1)"
  compose 1 up -d >/dev/null 2>&1
  check "fleet: all are alive again" within 60 alive 2 3
}

# The engine is told by the machine's init to stop; its container is started again by the engine of the next boot.
part_reboot() {
  local code before
  fleet || { fail "reboot: three machines with a node each"; return; }
  within 40 alive 2 3 >/dev/null
  before=$(node_id 1)
  # No road may lead to process 1 of this machine.
  if [ "$(readlink "/proc/$(node_process 1)/ns/pid")" = "$(readlink /proc/self/ns/pid)" ]; then
    fail "reboot: the machine has processes of its own"
    return
  fi
  check "reboot: asked of a container with CAP_SYS_BOOT alone, from another machine" node 2 reboot alpha-01 --yes --no-wait
  code=$(engine_wait m1 60)
  check "reboot: the machine has rebooted (129, not its end)" is "$code" 129
  machine 1 || { fail "reboot: the machine boots again"; return; }
  check "reboot: its container is up by itself, the same node" within 60 same_node 1 "$before"
  check "reboot: all see it again" within 60 alive 2 3
}
