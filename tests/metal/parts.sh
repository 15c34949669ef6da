# shellcheck shell=bash disable=SC2154
# What tests/metal/run tries. Machine N is a Debian on host N of the network; 1 builds with the SDK, the others take its archive.

NAMES=('' alpha-01 bravo-02 charlie-03 delta-04)
URL=https://example.com/constella.git

name_of() { echo "constella-metal-$$-$1"; }

root_of() { echo "$NSPAWN_WORK/$(name_of "$1")/root"; }

# machine N COMMAND…: a command on it.
machine() { nspawn_run "$(name_of "$1")" "${@:2}"; }

# The machines have no network but their own: packages come over this one road, on port 80 of host 0.
road_to_the_mirror() {
  nsenter --net="/run/netns/$(net_ns 0)" socat TCP-LISTEN:80,fork,reuseaddr \
    EXEC:"nsenter --net=/proc/$$/ns/net socat STDIO TCP\:deb.debian.org\:80" >"$work/mirror.log" 2>&1 &
  disown
}

# fresh N [ARGS…]: a Debian as a provider delivers it, and the way to this repository and to packages.
fresh() {
  local folder n=$1
  shift
  folder=$(nspawn_create "$(name_of "$n")") || return
  echo "${NAMES[$n]}" >"$folder/etc/hostname"
  printf '127.0.0.1 localhost\n%s deb.debian.org\n' "$(net_addr 0)" >"$folder/etc/hosts"
  git clone -q --bare "$root" "$folder/srv/constella.git"
  printf '[url "file:///srv/constella.git"]\n  insteadOf = %s\n[safe]\n  directory = *\n' "$URL" >"$folder/root/.gitconfig"
  boot "$n" "$@"
}

boot() { nspawn_boot "$(name_of "$1")" "$(net_ns "$1")" "${@:2}"; }

# install_sh N VERB FLAGS…: install.sh of the clone there.
install_sh() { machine "$1" sh -c 'cd /root/constella && exec ./install.sh "$@"' sh "${@:2}"; }

clone() {
  # shellcheck disable=SC2016  # the shell inside expands it
  machine "$1" sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends git >/dev/null && git clone -q "$1" /root/constella' sh "$URL" 2>&1 | grep -v debconf
  machine "$1" test -e /root/constella/install.sh
}

state_of() { machine "$1" constella status --json; }

node_id() { state_of "$1" | value node_id; }

is() { [ "$1" = "$2" ] || { echo "$1 is not $2"; return 1; }; }

same_node() { is "$(node_id "$1")" "$2"; }

invite() { machine 1 constella invite 2>/dev/null | grep -o 'join://[^ ]*'; }

alive() { is "$(machine "$1" constella peers --json | tr -d ' \n' | grep -o '"health":"alive"' | wc -l)" "$2"; }

members() { is "$(machine "$1" constella peers --json | tr -d ' \n' | grep -o '"node_id"' | wc -l)" "$(($2 + 1))"; }

# README: a network on the first machine, a link, the second machine; in seconds.
part_begin() {
  local dotnet began link packages
  dotnet=$(dotnet --list-sdks | sed -n 's|.*\[\(.*\)/sdk\]$|\1|p' | tail -n 1)
  packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
  # What an SDK from Microsoft's feed is, and a registry that answers at once.
  if ! { fresh 1 --bind-ro="$dotnet:/usr/share/dotnet" --bind-ro="$packages:/root/.nuget/packages" && fresh 2; }; then
    fail "begin: two fresh machines boot"
    exit 1
  fi
  machine 1 ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
  pass "begin: two fresh machines boot"
  printf '123:ABC\n' >"$(root_of 1)/root/token.txt"
  began=$SECONDS
  check "begin: git clone" clone 1
  check "begin: install.sh init builds with the SDK, and starts a network" logged init \
    install_sh 1 init --server-name alpha-01 --public-addr "$(net_addr 1)" --owner @username --bot-token-file /root/token.txt
  check "begin: history and charts have their packages, installed" has "installed libsqlite3-0 librsvg2-bin fonts-dejavu-core" cat "$work/init.log"
  check "begin: it is the Host, and has a bot" has "alpha-01  Host  $(net_addr 1):4747  bot: on" cat "$work/init.log"
  link=$(grep -o "join://[^']*" "$work/init.log")
  archive_for 2
  check "begin: git clone on the second machine" clone 2
  check "begin: install.sh join takes an archive and the link from standard input" logged join install_sh 2 join --server-name bravo-02 --from /root/release.tar.gz --join - <<<"$link"
  check "begin: two nodes, each alive to the other" within 30 both_alive
  note "from git clone to a network of two: $((SECONDS - began)) s"
  check "begin: in under 5 minutes" [ $((SECONDS - began)) -lt 300 ]
  check "begin: the same again changes nothing" has "already a node" install_sh 2 join --server-name bravo-02 --from /root/release.tar.gz
}

logged() { "${@:2}" >"$work/$1.log" 2>&1 || { cat "$work/$1.log"; return 1; }; }

both_alive() { alive 1 2 && alive 2 2; }

# The build of the first machine, packed there, carried to another.
archive_for() {
  [ -e "$work/release.tar.gz" ] || {
    machine 1 sh -c 'cd /root/constella && scripts/pack-release' >"$work/pack.log" 2>&1 || { fail "begin: scripts/pack-release" "$(cat "$work/pack.log")"; return 1; }
    cp "$(root_of 1)$(tail -n 1 "$work/pack.log")" "$work/release.tar.gz"
  }
  cp "$work/release.tar.gz" "$(root_of "$1")/root/release.tar.gz"
}

part_reboot() {
  local before boot code
  before=$(node_id 2) boot=$(nspawn_boot_id "$(name_of 2)")
  machine 2 systemctl reboot
  code=$(nspawn_wait_end "$(name_of 2)" 60)
  check "reboot: systemctl reboot ends the machine by a reboot" is "$code" 133
  boot 2 || { fail "reboot: the machine boots again"; return; }
  check "reboot: the node is back by itself, the same one" within 30 same_node 2 "$before"
  check "reboot: on another boot" fails is "$(nspawn_boot_id "$(name_of 2)")" "$boot"
  check "reboot: the other machine sees it" within 30 alive 1 2
}

# The same sources under another version: what upgrades is the build, and a release that dies at its start stands for a bad one.
part_upgrade() {
  local before=$work/upgrade
  node_id 2 >"$before"
  machine 2 constella config set alert.disk@bravo-02 77 >/dev/null
  machine 1 sh -c 'rm -rf /root/next && git clone -q /root/constella /root/next && cd /root/next && sed -i "s|<Version>.*</Version>|<Version>0.1.1</Version>|" Directory.Build.props && scripts/pack-release' >"$work/next.log" 2>&1 ||
    { fail "upgrade: a build of another version" "$(tail -n 5 "$work/next.log")"; return; }
  cp "$(root_of 1)$(tail -n 1 "$work/next.log")" "$(root_of 2)/root/next.tar.gz"
  check "upgrade: install.sh upgrade, to another version" has "now constella 0.1.1" install_sh 2 upgrade --from /root/next.tar.gz
  check "upgrade: the node runs it" within 30 has 0.1.1 state_of 2
  check "upgrade: it is the same node" same_node 2 "$(<"$before")"
  check "upgrade: with its settings" has 77 machine 2 constella config get alert.disk@bravo-02
  check "upgrade: the network has both, with different versions" within 30 both_alive
  check "upgrade: the node was stopped cleanly" fails has 'code=killed' machine 2 journalctl --no-pager -u constella
  mkdir -p "$work/broken"
  # shellcheck disable=SC2016  # as above
  printf '#!/bin/sh\n[ "$1" = --version ] && echo constella 0.1.2 && exit\necho "this build is broken" >&2\nexit 4\n' >"$work/broken/constella"
  chmod 755 "$work/broken/constella"
  tar -czf "$(root_of 2)/root/broken.tar.gz" -C "$work/broken" .
  check "upgrade: a build that does not come up is told" fails logged broken install_sh 2 upgrade --from /root/broken.tar.gz
  check "upgrade: with its last words, and which one runs now" has "this build is broken" cat "$work/broken.log"
  check "upgrade: it went back to the build before" within 30 has 0.1.1 state_of 2
  check "upgrade: as the same node" same_node 2 "$(<"$before")"
}

part_uninstall() {
  check "uninstall: with nobody to ask, the state is kept" has "State kept" install_sh 2 uninstall
  check "uninstall: it has left the network first" within 30 members 1 1
  check "uninstall: no unit, no command and no executable is left" machine 2 sh -c '! ls /etc/systemd/system/constella.service /usr/local/bin/constella /opt/constella 2>/dev/null'
  check "uninstall: what it was is put aside" machine 2 test -e /var/lib/constella/network_state.json.left
}

# As a person does it: questions, answered one by one on a terminal.
part_terminal() {
  local link
  [ -e "$work/release.tar.gz" ] || archive_for 3
  fresh 3 || { fail "terminal: a fresh machine boots"; return; }
  archive_for 3
  clone 3
  link=$(invite)
  check "terminal: install.sh join asks for name, address and link" typed join join --from /root/release.tar.gz -- \
    'Name of this node' charlie-03 'reach it at' "$(net_addr 3)" 'Invitation' "$link"
  check "terminal: the link was not shown" fails grep -q token= "$work/join.typed"
  check "terminal: the node is a member" within 30 alive 1 2
  check "terminal: uninstall asks, and no keeps the state" typed uninstall uninstall -- 'Remove /var/lib/constella too' n
  check "terminal: the state is kept" machine 3 test -e /var/lib/constella/network_state.json.left
  install_sh 3 join --from /root/release.tar.gz --server-name charlie-03 --join - <<<"$(invite)" >"$work/again.log" 2>&1
  check "terminal: uninstall --yes removes it, and all of it" machine 3 sh -c 'cd /root/constella && ./install.sh uninstall --yes >/dev/null && ! ls -A /var/lib/constella 2>/dev/null'
}

# typed LOG ARGS… -- QUESTION ANSWER…: install.sh on a pseudo-terminal; each answer is typed when its question is there.
typed() {
  local log=$work/$1.typed arguments=() keys=$work/$1.keys asked
  shift
  while [ "$1" != -- ]; do
    arguments+=("$1")
    shift
  done
  shift
  mkfifo "$keys"
  machine 3 env TERM=xterm script -qec "cd /root/constella && ./install.sh ${arguments[*]}" /dev/null <"$keys" >"$log" 2>&1 &
  asked=$!
  exec 7>"$keys"
  while (($# > 0)); do
    within 60 grep -q "$1" "$log" || break
    # The question is printed before the echo is switched off.
    sleep 0.5
    printf '%s\n' "$2" >&7
    shift 2
  done
  exec 7>&-
  if ! wait "$asked" || (($# > 0)); then cat "$log" && return 1; fi
}
