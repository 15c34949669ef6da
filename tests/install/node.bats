#!/usr/bin/env bats
# From an archive to a running node and back, with a fake executable.

load setup.bash

LINK='join://203.0.113.10:4747?net=00112233445566aa&token=CANARY&ttl=15m'

@test "init ends with a running Host and the next machine's command" {
  run init
  [ "$status" -eq 0 ]
  [[ "$output" == *"started, pid $(<"$STATE/constella.pid")"* ]]
  [[ "$output" == *"alpha-01  Host  203.0.113.10:$PORT  bot: off (add one: state/constella config set bot-token -)"* ]]
  [[ "$output" == *"./install.sh join --server-name NAME --join 'join://203.0.113.10:4747?net=00112233445566aa&token=INVITED&ttl=15m'"* ]]
  [ "$(stat -c %a "$STATE")" = 700 ]
  [ "$(stat -c %a "$STATE/constella.env")" = 600 ]
}

@test "init twice is the same node, and the process goes on" {
  init
  pid="$(<"$STATE/constella.pid")"
  run init
  [ "$status" -eq 0 ]
  [[ "$output" == *"already a node"* ]]
  [ "$pid" = "$(<"$STATE/constella.pid")" ]
  [ "$(grep -c '^init' "$STATE/seen")" -eq 1 ]
}

@test "a staged release lies in place, and the node runs on until it is told" {
  init
  pid="$(<"$STATE/constella.pid")"
  mkdir other && tar -xzf fake.tar.gz -C other && echo another >other/note && tar -czf other.tar.gz -C other .
  run ./install.sh init --no-systemd --native --yes --stage --from other.tar.gz </dev/null
  [ "$status" -eq 0 ]
  [[ "$output" == *"In place, not yet in use: state/constella update --rolling"* ]]
  [ "$pid" = "$(<"$STATE/constella.pid")" ]
  kill -0 "$pid"
  [ "$(<"$STATE/bin/note")" = another ]
  grep -q "CONSTELLA_EXECUTABLE='$STATE/bin/constella'" "$STATE/constella.env"
}

@test "a second run without a port keeps the first one's" {
  init
  run ./install.sh init --no-systemd --native --yes --from fake.tar.gz </dev/null
  [ "$status" -eq 0 ]
  grep -q "CONSTELLA_LISTEN='0.0.0.0:$PORT'" "$STATE/constella.env"
}

@test "the bot token reaches the node by environment, file or stdin, and stands in no argument" {
  CONSTELLA_BOT_TOKEN=123:CANARY run init --owner @username
  [ "$status" -eq 0 ]
  [[ "$output" == *"bot: on"* ]]
  [ "$(<"$STATE/token")" = 123:CANARY ]
  ./install.sh uninstall --yes
  printf '123:CANARYFILE\n' >token-file
  init --owner @username --bot-token-file token-file
  [ "$(<"$STATE/token")" = 123:CANARYFILE ]
  [ "$(grep -c CANARY "$STATE/cmdlines" "$STATE/seen" "$STATE/constella.env" "$STATE/constella" | grep -vc ':0$')" -eq 0 ]
}

@test "a token given to a node that is there already goes into its network" {
  init
  CONSTELLA_BOT_TOKEN=123:LATER run init
  [ "$status" -eq 0 ]
  [[ "$output" == *"bot token set"*"bot: on"* ]]
  [ "$(<"$STATE/token")" = 123:LATER ]
  [ "$(grep -c LATER "$STATE/cmdlines")" -eq 0 ]
}

@test "the running node's environment holds no secret" {
  CONSTELLA_BOT_TOKEN=123:CANARY init --owner @username
  [ "$(tr '\0' '\n' <"/proc/$(<"$STATE/constella.pid")/environ" | grep -c CANARY)" -eq 0 ]
}

@test "join takes the link by flag or stdin, and hands it on by stdin" {
  run join --join "$LINK" </dev/null
  [ "$status" -eq 0 ]
  [[ "$output" == *"bravo-02  member  203.0.113.11:$PORT"* ]]
  [ "$(<"$STATE/link")" = "$LINK" ]
  [ "$(grep -c CANARY "$STATE/cmdlines")" -eq 0 ]
  ./install.sh uninstall --yes
  join --join - <<<"$LINK"
  [ "$(<"$STATE/link")" = "$LINK" ]
}

@test "a refused join says why and leaves nothing running" {
  run join --join 'join://203.0.113.10:4747?net=00112233445566aa&token=bad&ttl=15m' </dev/null
  [ "$status" -eq 1 ]
  [[ "$output" == *"the invitation has expired"* ]]
  [ ! -e "$STATE/constella.pid" ]
}

@test "a link of another network is refused where there is a node already" {
  init
  run join --join 'join://203.0.113.10:4747?net=ffffffffffffffff&token=X&ttl=15m' </dev/null
  [ "$status" -eq 1 ]
  [[ "$output" == *"another network"* ]]
}

@test "stop, start, status and logs find the node by themselves" {
  init
  ./install.sh stop
  run ./install.sh status
  [ "$status" -eq 3 ]
  run ./install.sh start
  [ "$status" -eq 0 ]
  run ./install.sh status
  [ "$status" -eq 0 ]
  [[ "$output" == *"203.0.113.10:$PORT running"* ]]
  run ./install.sh logs
  [[ "$output" == *"listening on 0.0.0.0:$PORT"* ]]
  run state/constella status
  [ "$status" -eq 0 ]
}

@test "verbs before an installation say what to do" {
  run ./install.sh status --no-systemd
  [ "$status" -eq 3 ]
  [[ "$output" == *"./install.sh init"* ]]
}

@test "a port in use names who uses it, with code 5" {
  perl "$BATS_TEST_DIRNAME/health.pl" "$PORT" other false &
  HOLDER=$!
  until (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; do sleep 0.05; done
  run init
  [ "$status" -eq 5 ]
  [[ "$output" == *"port $PORT is in use by perl, pid $HOLDER"* ]]
  [ ! -e "$STATE" ]
}

@test "a node that dies at its start is reported at once with its last words" {
  mkdir -p "$STATE" && touch "$STATE/fail"
  SECONDS=0
  run init
  [ "$status" -eq 1 ]
  [[ "$output" == *"the state cannot be read"* ]]
  [ "$SECONDS" -lt 20 ]
}

@test "uninstall without a terminal keeps the state, with --yes removes it" {
  init
  run ./install.sh uninstall </dev/null
  [ "$status" -eq 0 ]
  [ -e "$STATE/network_state.json" ]
  [ "$(tail -n 1 "$STATE/seen")" = "leave --yes" ]
  init
  touch "$STATE/someone-elses"
  run ./install.sh uninstall --yes </dev/null
  [ "$status" -eq 0 ]
  [ "$(ls -A "$STATE")" != "" ]
  [ ! -e "$STATE/network_state.json" ]
}

@test "the last node of a network is uninstalled without a warning" {
  init
  touch "$STATE/last"
  run ./install.sh uninstall --yes </dev/null
  [ "$status" -eq 0 ]
  [[ "$output" == *"the network's last node"* ]]
  [[ "$output" != *"not confirmed"* ]]
}

@test "what is no archive is refused" {
  echo no >no.tar.gz
  run ./install.sh init --no-systemd --native --yes --from no.tar.gz --port "$PORT" </dev/null
  [ "$status" -eq 1 ]
  [[ "$output" == *"no archive of scripts/pack-release"* ]]
}

@test "the overlay's flags reach the node and are kept, its packages are named where they are missing" {
  mkdir "$HERE/bin"
  for tool in wg ip wireguard-go; do printf '#!/bin/sh\n' >"$HERE/bin/$tool" && chmod 755 "$HERE/bin/$tool"; done
  PATH="$HERE/bin:$PATH" run init --vpn-mode hub --vpn-cidr 10.99.0.0/24 --vpn-listen-port 51999 --vpn-hub-endpoint=203.0.113.10:51999
  [ "$status" -eq 0 ]
  grep -q "^CONSTELLA_VPN_MODE='hub'" "$STATE/constella.env"
  grep -q "^CONSTELLA_VPN_CIDR='10.99.0.0/24'" "$STATE/constella.env"
  grep -q "^CONSTELLA_VPN_LISTEN_PORT='51999'" "$STATE/constella.env"
  grep -q "^CONSTELLA_VPN_HUB_ENDPOINT='203.0.113.10:51999'" "$STATE/constella.env"
  if [ "$(id -u)" = 0 ]; then grep -qx 'vpn up' "$STATE/seen"; else [[ "$output" == *"sudo"*"vpn up"* ]]; fi
}

@test "without WireGuard's tools an overlay ends with the command that brings them" {
  # Everything that this machine has, but for them.
  cp -rs /usr/bin "$HERE/bin"
  cp -rsn /bin/. /usr/sbin/. /sbin/. "$HERE/bin" 2>/dev/null || true
  rm -f "$HERE"/bin/wg*
  PATH="$HERE/bin" run init --vpn-mode client
  [ "$status" -eq 1 ]
  [[ "$output" == *"apt-get install --no-install-recommends"*"wireguard-tools"* ]]
}

# release FILE SED-SCRIPT: an archive with another build.
release() {
  mkdir -p other
  sed "$2" "$BATS_TEST_DIRNAME/fake-constella" >other/constella
  chmod 755 other/constella
  cp "$BATS_TEST_DIRNAME/health.pl" other/
  tar -czf "$1" -C other .
}

@test "upgrade runs the same node on another build" {
  init
  release next.tar.gz s/0.0.0-fake/0.0.2-fake/
  run ./install.sh upgrade --no-packages --from next.tar.gz
  [ "$status" -eq 0 ]
  [[ "$output" == *"upgraded: constella 0.0.0-fake, now constella 0.0.2-fake"* ]]
  [ "$(state/constella --version)" = 'constella 0.0.2-fake' ]
  [ "$(grep -c '^init' "$STATE/seen")" -eq 1 ]
  run ./install.sh upgrade --no-packages --from next.tar.gz
  [ "$status" -eq 0 ]
  [[ "$output" == *"nothing to change"* ]]
}

@test "upgrade goes back to the build before where the new one does not come up" {
  init
  release broken.tar.gz 's/^  run)/  run) echo "this build is broken" >\&2; exit 4 ;;\n  never)/'
  run ./install.sh upgrade --no-packages --from broken.tar.gz
  [ "$status" -eq 1 ]
  [[ "$output" == *"this build is broken"*"the node runs on the one that it had (constella 0.0.0-fake)"* ]]
  run ./install.sh status
  [ "$status" -eq 0 ]
}

@test "upgrade without a node says what to do" {
  run ./install.sh upgrade --no-systemd --from fake.tar.gz
  [ "$status" -eq 3 ]
  [[ "$output" == *"./install.sh init"* ]]
}
