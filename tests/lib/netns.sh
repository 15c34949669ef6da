#!/usr/bin/env bash
# Several hosts on one machine: each is a network namespace with one cable into a bridge, and the bridge has a namespace
# of its own, so that the machine's own network is untouched. Source it, or call one function: `NET=name netns.sh cut 1`.
#
#   net_up N          hosts 0..N with addresses 203.0.113.10 + i; host 0 is where the tests and the Telegram stand-in live
#   net_down          ends what runs in them and removes them
#   net_exec I CMD…   runs a command on host I
#   net_cut I         a black hole: the cable is pulled, nobody is told
#   net_heal I        undoes every fault of host I
#   net_drop I J      host J hears nothing more of host I (one way only)
#   net_deaf J I…     the same of several hosts, at once
#   net_isolate I J   no packet between I and J; all others hear both
#   net_replace I A B host I's cable becomes two TAP devices of the caller, A at its end and B at the bridge's
#   net_loss I P      host I loses this share of what comes in (0.3)
#
# Names carry the pid of who made them. A run that was killed half-way is cleaned up by the next one.

NET_PREFIX=constella
NET=${NET:-$$}
NET_BASE=${NET_BASE:-203.0.113}

net_ns() { echo "$NET_PREFIX-$NET-h$1"; }
net_addr() { echo "$NET_BASE.$((10 + $1))"; }
net_hub() { echo "$NET_PREFIX-$NET-hub"; }

# net_require: succeeds when hosts can be made here. Without, a test is skipped; in CI that is a failure.
net_require() {
  local missing=
  if [ "$(id -u)" != 0 ]; then
    missing="root"
  elif ! command -v ip > /dev/null; then
    missing="iproute2"
  elif ! command -v iptables > /dev/null; then
    missing="iptables"
  elif ! unshare --net true 2> /dev/null; then
    missing="network namespaces"
  else
    return 0
  fi
  echo "netns: hosts on one machine need $missing" >&2
  return 1
}

net_up() {
  local count=$1 i
  net_clean_leftovers
  ip netns add "$(net_hub)" || return
  ip -n "$(net_hub)" link add br0 type bridge forward_delay 0 mcast_snooping 0 || return
  ip -n "$(net_hub)" link set br0 up || return
  for ((i = 0; i <= count; i++)); do
    net_add "$i" || return
  done
}

net_add() {
  local ns hub
  ns=$(net_ns "$1") hub=$(net_hub)
  ip netns add "$ns" &&
    ip link add eth0 netns "$ns" type veth peer name "v$1" netns "$hub" &&
    ip -n "$hub" link set "v$1" master br0 up &&
    ip -n "$ns" link set lo up &&
    net_plug_in "$1"
}

net_plug_in() {
  local ns
  ns=$(net_ns "$1")
  ip -n "$ns" addr add "$(net_addr "$1")/24" dev eth0 &&
    ip -n "$ns" link set eth0 up &&
    ip -n "$ns" route add default via "$NET_BASE.1"
}

net_exec() {
  local host=$1
  shift
  ip netns exec "$(net_ns "$host")" "$@"
}

net_cut() { ip -n "$(net_hub)" link set "v$1" down; }

net_heal() {
  ip -n "$(net_hub)" link set "v$1" type bridge_slave isolated off
  ip -n "$(net_hub)" link set "v$1" up
  net_exec "$1" iptables -F INPUT
}

net_drop() { net_exec "$2" iptables -A INPUT -s "$(net_addr "$1")" -j DROP; }

net_deaf() {
  local host=$1 from
  shift
  from=$(for one in "$@"; do net_addr "$one"; done | paste -sd ,)
  net_exec "$host" iptables -A INPUT -s "$from" -j DROP
}

net_isolate() { net_drop "$1" "$2" && net_drop "$2" "$1"; }

# Whoever made the devices carries the frames between them: net_up's cable has no delay to set.
net_replace() {
  local ns hub
  ns=$(net_ns "$1") hub=$(net_hub)
  ip -n "$hub" link delete "v$1" &&
    ip link set "$3" netns "$hub" name "v$1" &&
    ip -n "$hub" link set "v$1" master br0 up &&
    ip link set "$2" netns "$ns" name eth0 &&
    net_plug_in "$1"
}

net_loss() { net_exec "$1" iptables -A INPUT -i eth0 -m statistic --mode random --probability "$2" -j DROP; }

net_down() { net_remove "$NET"; }

# Processes first: a namespace lives on, nameless, for as long as something runs in it.
net_remove() {
  local ns pids attempt
  for attempt in 1 2 3 4 5; do
    pids=$(for ns in $(net_names "$1"); do ip netns pids "$ns" 2> /dev/null; done | grep -vxE "$$|$BASHPID")
    [ -n "$pids" ] || break
    # Some of them end with their parent between the listing and the kill.
    # shellcheck disable=SC2086
    kill -KILL $pids 2> /dev/null
    sleep "0.$attempt"
  done
  for ns in $(net_names "$1"); do ip netns delete "$ns"; done
}

net_names() { ip netns list | awk -v start="$NET_PREFIX-$1-" 'index($1, start) == 1 { print $1 }'; }

# A network with a name instead of a pid (the demo's) is somebody's on purpose.
net_clean_leftovers() {
  local owner
  for owner in $(ip netns list | sed -nE "s/^$NET_PREFIX-([0-9]+)-hub( .*)?$/\1/p"); do
    if [ "$owner" != "$NET" ] && ! kill -0 "$owner" 2> /dev/null; then
      net_remove "$owner"
    fi
  done
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  case ${1:-} in
    require | up | down | exec | cut | heal | drop | deaf | isolate | loss | replace | addr | ns)
      verb=$1
      shift
      "net_$verb" "$@"
      ;;
    *)
      sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
      exit 2
      ;;
  esac
fi
