# shellcheck shell=bash disable=SC2154
# The recipes of docs/OPERATIONS.md, step by step as they stand there.

STATE=/var/lib/constella

part_disasters() {
  local n
  for n in 2 3; do rejoin "$n" || { fail "disasters: ${NAMES[$n]} joins" "$(cat "$work/rejoin.log")"; return; }; done
  check "disasters: three nodes, all alive" within 40 alive 1 3
  token_changed
  secret_leaked
  backup_and_restore
  machine_cloned
  all_lost_but_one
}

rejoin() {
  [ -e "$(root_of "$1")/root/release.tar.gz" ] || archive_for "$1"
  install_sh "$1" join --from /root/release.tar.gz --server-name "${NAMES[$1]}" --join - <<<"$(invite)" >"$work/rejoin.log" 2>&1
}

token_changed() {
  machine 2 constella config set bot-token - <<<456:DEF >/dev/null
  check "disasters: a new bot token, set on any node, is on all" within 20 machine 3 grep -q 456:DEF "$STATE/network_state.json"
}

secret_leaked() {
  local before
  before=$(machine 3 sed -n 's/.*"network_secret": *"\([^"]*\)".*/\1/p' "$STATE/network_state.json")
  check "disasters: keys rotate, while the network runs" machine 1 constella keys rotate --yes
  check "disasters: the secret that was known is on no node any more" within 60 fails machine 3 grep -q -- "$before" "$STATE/network_state.json"
  check "disasters: and all are alive" within 30 alive 1 3
}

backup_and_restore() {
  local before
  before=$(node_id 3)
  machine 3 sh -c "systemctl stop constella && tar -czf /root/backup.tar.gz -C $STATE . && systemctl start constella"
  # The disk is lost: all that install.sh and the node have put there.
  machine 3 sh -c "systemctl stop constella; rm -rf $STATE /opt/constella /usr/local/bin/constella /etc/systemd/system/constella.service; userdel constella; systemctl daemon-reload"
  machine 3 sh -c "mkdir -m 700 $STATE && tar -xzf /root/backup.tar.gz -C $STATE"
  check "disasters: install.sh init over a restored folder runs the same node" logged restored install_sh 3 init --from /root/release.tar.gz
  check "disasters: by its id" same_node 3 "$before"
  check "disasters: and all are alive" within 40 alive 1 3
}

# cloned N: what the node there says of itself.
cloned() { has '"cloned": true' state_of "$1"; }

machine_cloned() {
  local original
  original=$(node_id 2)
  if ! { fresh 4 && archive_for 4 && clone 4; }; then
    fail "disasters: a fresh machine boots"
    return
  fi
  machine 2 tar -czf - -C "$STATE" . | machine 4 sh -c "mkdir -m 700 $STATE && tar -xzf - -C $STATE"
  install_sh 4 init --from /root/release.tar.gz >"$work/copy.log" 2>&1
  check "disasters: a copy of a machine is told by the original" within 60 cloned 2
  check "disasters: and by the copy" within 60 cloned 4
  machine 4 sh -c "systemctl stop constella && rm -rf $STATE/network_state.json*"
  machine 2 systemctl restart constella
  rejoin 4
  check "disasters: the copy joins as a node of its own" fails same_node 4 "$original"
  check "disasters: the original is itself again" within 60 same_node_alone 2 "$original"
  check "disasters: four nodes, all alive" within 60 alive 1 4
}

same_node_alone() { same_node "$1" "$2" && fails cloned "$1"; }

all_lost_but_one() {
  local n before
  before=$(state_of 1 | value network_id)
  for n in 2 3 4; do nspawn_stop "$(name_of "$n")"; done
  check "disasters: the survivor knows that it has no majority" within 40 has '"quorum": false' state_of 1
  check "disasters: nobody can be put out without one" fails machine 1 constella evict bravo-02 --yes
  machine 1 sh -c "systemctl stop constella && mkdir -p -m 700 /root/old && mv $STATE/network_state.json* $STATE/audit.jsonl* /root/old/"
  check "disasters: install.sh init starts a network anew on the survivor" logged anew \
    install_sh 1 init --server-name alpha-01 --public-addr "$(net_addr 1)" --owner @username --bot-token-file /root/token.txt
  check "disasters: it is another network, and has its Host" fails is "$(state_of 1 | value network_id)" "$before"
  check "disasters: which others can join" has 'join://' cat "$work/anew.log"
}
