#!/usr/bin/env bash
# Machines with a container engine of their own, for tests; an engine that runs already is never touched. To be sourced.
#
#   engine_require                 says what is missing (return 1)
#   engine_up NAME DATA [NETNS]    a machine: namespaces of processes and mounts, its own dockerd over the folder DATA, in the network NETNS
#   engine_wait NAME SECONDS       waits for the machine to end; prints the exit code: 129 is a reboot
#   engine_down NAME               stops its engine and all that runs there
#   engine_docker NAME ARGS…       the docker command line of that machine
#   engine_compose NAME ARGS…      docker compose of that machine
#   engine_images NAME             makes the base images of the Dockerfile where they cannot be pulled
#   engine_clean                   ends all machines of $ENGINE_WORK
#
# What was found to matter:
# - Process 1 of a machine is tests/cluster/init: "the host's processes" (pid: host) are those of its namespace, and a reboot ends that alone.
# - Without a bridge and without iptables, only the host's network is there: what a node uses, and what builds use.
# - A machine's root is made a shared mount, as systemd makes it: compose.yaml wants to see what is mounted later.
# - `ip netns exec` would hide the cgroups; nsenter changes the network only.

ENGINE_WORK=${ENGINE_WORK:?a scratch folder}
ENGINE_CACHE=${ENGINE_CACHE:?a folder for what takes long to make}
ENGINE_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ENGINE_CGROUP=constella-engine-$$

engine_require() {
  local tool
  [ "$(id -u)" = 0 ] || { echo "engines need root" >&2; return 1; }
  for tool in dockerd containerd docker debootstrap nsenter unshare ip; do
    command -v "$tool" >/dev/null || { echo "engines need $tool: apt-get install docker.io debootstrap util-linux iproute2" >&2; return 1; }
  done
  if ! docker compose version >/dev/null 2>&1 && ! command -v docker-compose >/dev/null; then
    echo "engines need docker compose: apt-get install docker-compose" >&2
    return 1
  fi
}

engine_socket() { echo "$ENGINE_WORK/$1/docker.sock"; }

engine_docker() {
  local name=$1
  shift
  DOCKER_HOST=unix://$(engine_socket "$name") docker "$@"
}

engine_compose() {
  local name=$1 command=(docker compose)
  shift
  docker compose version >/dev/null 2>&1 || command=(docker-compose)
  DOCKER_HOST=unix://$(engine_socket "$name") "${command[@]}" "$@"
}

engine_up() {
  local name=$1 data=$2 at=$ENGINE_WORK/$1 network=()
  [ -z "${3:-}" ] || network=(nsenter --net="/run/netns/$3" --)
  mkdir -p "$at" "$data" || return
  cat /proc/sys/kernel/random/uuid >"$at/boot_id"
  rm -f "$at/code" "$at/docker.sock" "$at/docker.pid"
  (
    code=0
    # An init that inherited "ignore SIGINT" from the background could not be asked to reboot.
    "${network[@]}" env --default-signal unshare --pid --fork --mount --mount-proc --kill-child \
      sh -c 'mount --make-rshared / && exec "$@"' sh \
      "$ENGINE_HOME/cluster/init" "$at/boot_id" "$at/engine.log" \
      dockerd --host "unix://$at/docker.sock" --data-root "$data" --exec-root "$at/exec" --pidfile "$at/docker.pid" \
      --bridge none --iptables=false --ip6tables=false --ip-forward=false --storage-driver overlay2 --cgroup-parent "/$ENGINE_CGROUP" \
      </dev/null >"$at/init.log" 2>&1 || code=$?
    echo "$code" >"$at/code"
  ) 2>/dev/null &
  echo $! >"$at/shell"
  for _ in $(seq 300); do
    engine_docker "$name" info >/dev/null 2>&1 && return 0
    [ ! -e "$at/code" ] || break
    sleep 0.2
  done
  tail -n 20 "$at/engine.log" "$at/init.log" >&2
  return 1
}

# Process 1 of the machine, as seen from outside; nothing where that would be the process 1 of this one.
engine_init() {
  local unshare init=
  unshare=$(pgrep -P "$(cat "$ENGINE_WORK/$1/shell")" | head -n 1) && init=$(pgrep -P "$unshare" | head -n 1)
  [ -n "$init" ] || return 1
  [ "$(readlink "/proc/$init/ns/pid")" != "$(readlink /proc/self/ns/pid)" ] && echo "$init"
}

engine_wait() {
  for _ in $(seq $(($2 * 10))); do
    [ -s "$ENGINE_WORK/$1/code" ] && { cat "$ENGINE_WORK/$1/code"; return 0; }
    sleep 0.1
  done
  return 1
}

engine_down() {
  local at=$ENGINE_WORK/$1 init
  [ -e "$at/shell" ] && [ ! -s "$at/code" ] || return 0
  kill "$(engine_pid "$1")" 2>/dev/null
  engine_wait "$1" 30 >/dev/null && return 0
  init=$(engine_init "$1") && kill -9 "$init"
  engine_wait "$1" 5 >/dev/null
}

# The engine itself: the child of the machine's init.
engine_pid() {
  local init
  init=$(engine_init "$1") && pgrep -P "$init" | head -n 1
}

# The base images of the Dockerfile. Where they cannot be pulled: a small Debian, with what Microsoft's have of .NET copied in from here.
engine_images() {
  local registry=mcr.microsoft.com/dotnet image debian=$ENGINE_CACHE/debian.tar dotnet
  for image in runtime-deps sdk aspnet; do
    engine_docker "$1" image inspect "$registry/$image:10.0" >/dev/null 2>&1 ||
      timeout 300 docker --host "unix://$(engine_socket "$1")" pull -q "$registry/$image:10.0" 2>/dev/null || break
  done
  engine_docker "$1" image inspect "$registry/aspnet:10.0" >/dev/null 2>&1 && return 0
  # Of the newest: what is in the path may be a link, or somebody's script.
  dotnet=$(dotnet --list-sdks | sed -n 's|.*\[\(.*\)/sdk\]$|\1|p' | tail -n 1)
  [ -x "$dotnet/dotnet" ] || { echo "no .NET SDK here to make an image of" >&2; return 1; }
  [ -e "$debian" ] || engine_debian "$debian" || return
  engine_import "$1" "$debian" "$registry/runtime-deps:10.0" || return
  engine_import "$1" "$debian" "$registry/sdk:10.0" "$dotnet" "${dotnet#/}" &&
    engine_import "$1" "$debian" "$registry/aspnet:10.0" "$dotnet" "${dotnet#/}"/{dotnet,host,shared}
}

# Behind a proxy that signs by itself this machine's authorities are needed inside, too.
engine_debian() {
  local folder
  folder=$(mktemp -d "$ENGINE_CACHE/debian.XXXXXX") || return
  if debootstrap --variant=minbase --include=ca-certificates,libicu72,libssl3,libstdc++6,tzdata bookworm "$folder" \
    ${CONSTELLA_DEBIAN_MIRROR:+"$CONSTELLA_DEBIAN_MIRROR"} >"$ENGINE_CACHE/debootstrap.log" 2>&1; then
    cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
    rm -rf "$folder"/var/cache/apt/archives/*.deb "$folder"/var/lib/apt/lists/* "$folder"/usr/share/{doc,man,locale}
    tar -cf "$1.new" -C "$folder" . && mv "$1.new" "$1"
  else
    tail -n 5 "$ENGINE_CACHE/debootstrap.log" >&2
  fi
  rm -rf "$folder"
  [ -e "$1" ]
}

# engine_import NAME DEBIAN IMAGE [DOTNET PATH…]: with these paths of this machine's .NET, and a link to it.
engine_import() {
  local name=$1 debian=$2 image=$3 change=(--change "ENV NUGET_CERT_REVOCATION_MODE=${NUGET_CERT_REVOCATION_MODE:-online}") more
  shift 3
  if (($# == 0)); then
    engine_docker "$name" import "$debian" "$image" >/dev/null
    return
  fi
  more=$(mktemp -d "$ENGINE_CACHE/dotnet.XXXXXX")
  mkdir -p "$more/usr/bin" && ln -s "$1/dotnet" "$more/usr/bin/dotnet"
  shift
  { cp "$debian" "$more/all.tar" && tar -rf "$more/all.tar" -C "$more" usr/bin/dotnet && tar -rf "$more/all.tar" -C / "$@" &&
    engine_docker "$name" import "${change[@]}" "$more/all.tar" "$image" >/dev/null; } || { rm -rf "$more"; return 1; }
  rm -rf "$more"
}

engine_clean() {
  local folder
  for folder in "$ENGINE_WORK"/*/; do
    [ ! -e "$folder/shell" ] || engine_down "$(basename "$folder")"
  done
  # A machine that is rebooted has no time to tidy up its groups.
  find /sys/fs/cgroup -depth -type d -path "*/$ENGINE_CGROUP*" -exec rmdir {} + 2>/dev/null
  return 0
}
