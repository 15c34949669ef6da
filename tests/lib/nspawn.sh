#!/usr/bin/env bash
# Real machines for tests: a Debian with systemd as process 1, booted by systemd-nspawn in a network namespace. To be sourced.
#
#   nspawn_require                    says what is missing (return 1), or why it refuses
#   nspawn_image                      prints the folder of a fresh Debian; made once by debootstrap (about 40 s, 260 MB)
#   nspawn_create NAME                a machine of its own over that image; prints its root folder, to put files into
#   nspawn_boot NAME NETNS [ARG...]   boots it; returns when systemd has finished booting
#   nspawn_run NAME COMMAND...        runs a command inside
#   nspawn_boot_id NAME               /proc/sys/kernel/random/boot_id as the machine sees it
#   nspawn_wait_end NAME SECONDS      waits for the machine to end; prints the exit code: 133 is a reboot, 0 a power-off
#   nspawn_stop NAME                  powers it off, the hard way if need be
#   nspawn_delete NAME                stops it and removes its folders
#
# What was found to matter:
# - A reboot ends nspawn with 133 because --keep-unit and --register=no leave nobody who would start it anew; whoever
#   wants the machine back calls nspawn_boot again. Its files are kept: each machine is an overlay over the image.
# - Each boot gets a boot id of its own from nspawn, mounted over the kernel's.
# - Without a terminal, --console=pipe with input from /dev/null; the console stays silent, so ask the machine, not its output.
# - The image is minimal: kill is a builtin of the shell there, and procps is missing.
# - "Attempted to remove disk file system" at the end is nspawn's own noise where /run is no tmpfs.

NSPAWN_CACHE=${CONSTELLA_TEST_CACHE:-/var/cache/constella-tests}
NSPAWN_WORK=${NSPAWN_WORK:-$NSPAWN_CACHE/machines.$$}
NSPAWN_SUITE=${NSPAWN_SUITE:-bookworm}

nspawn_require() {
  local tool
  [ "$(id -u)" = 0 ] || { echo "needs root" >&2; return 1; }
  for tool in debootstrap systemd-nspawn nsenter ip; do
    command -v "$tool" >/dev/null || { echo "needs $tool (Debian: debootstrap systemd-container util-linux iproute2)" >&2; return 1; }
  done
}

nspawn_image() {
  local image=$NSPAWN_CACHE/debian-$NSPAWN_SUITE
  mkdir -p "$NSPAWN_CACHE"
  (
    flock 9
    [ -e "$image" ] && exit 0
    # A mirror that does not answer once is asked again: debootstrap itself gives up at the first file.
    for try in 1 2 3; do
      rm -rf "$image.new"
      debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,iproute2,ca-certificates,curl,openssl \
        "$NSPAWN_SUITE" "$image.new" ${CONSTELLA_DEBIAN_MIRROR:+"$CONSTELLA_DEBIAN_MIRROR"} >"$NSPAWN_CACHE/debootstrap.log" 2>&1 && break
      ((try < 3)) || { tail -n 5 "$NSPAWN_CACHE/debootstrap.log" >&2; exit 1; }
      sleep $((try * 10))
    done
    mv "$image.new" "$image"
  ) 9>"$NSPAWN_CACHE/lock" || return 1
  echo "$image"
}

nspawn_create() {
  local name=$1 image at=$NSPAWN_WORK/$1
  image=$(nspawn_image) || return 1
  mkdir -p "$at/upper" "$at/work" "$at/root"
  mountpoint -q "$at/root" || mount -t overlay overlay -o "lowerdir=$image,upperdir=$at/upper,workdir=$at/work" "$at/root" || return 1
  tr -d - </proc/sys/kernel/random/uuid >"$at/root/etc/machine-id"
  echo "$at/root"
}

nspawn_boot() {
  local name=$1 netns=$2 at=$NSPAWN_WORK/$1
  shift 2
  rm -f "$at/code"
  (
    code=0
    systemd-nspawn --quiet --register=no --keep-unit --boot --directory="$at/root" --machine="$name" \
      --network-namespace-path="/run/netns/$netns" --resolv-conf=off --console=pipe "$@" </dev/null >>"$at/console.log" 2>&1 || code=$?
    echo "$code" >"$at/code"
  ) &
  echo $! >"$at/shell"
  for _ in $(seq 150); do
    # "degraded" is booted too: some unit of the image does not like this kernel.
    case $(nspawn_run "$name" systemctl is-system-running 2>/dev/null) in running | degraded) return 0 ;; esac
    [ -e "$at/code" ] && break
    sleep 0.2
  done
  echo "machine $name did not boot; its console:" >&2
  tail -n 20 "$at/console.log" >&2
  return 1
}

# Process id of the machine's init, as seen from outside.
nspawn_leader() {
  local nspawn leader=
  nspawn=$(pgrep -P "$(cat "$NSPAWN_WORK/$1/shell")" -x systemd-nspawn) && leader=$(pgrep -P "$nspawn" | head -n 1)
  [ -n "$leader" ] && echo "$leader"
}

nspawn_run() {
  local leader mine
  leader=$(nspawn_leader "$1") || return 1
  shift
  # A command for a machine that is just starting or ending must never run on this one, a reboot least of all.
  mine=$(readlink /proc/self/ns/pid)
  case $(readlink "/proc/$leader/ns/pid") in "$mine" | "") echo "machine has no pid namespace of its own" >&2; return 1 ;; esac
  nsenter --target "$leader" --mount --uts --ipc --net --pid --root -- \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
}

nspawn_boot_id() { nspawn_run "$1" cat /proc/sys/kernel/random/boot_id; }

nspawn_wait_end() {
  local at=$NSPAWN_WORK/$1
  for _ in $(seq $(($2 * 10))); do
    [ -s "$at/code" ] && { cat "$at/code"; return 0; }
    sleep 0.1
  done
  return 1
}

nspawn_stop() {
  local at=$NSPAWN_WORK/$1 leader
  [ -e "$at/shell" ] && [ ! -s "$at/code" ] || return 0
  leader=$(nspawn_leader "$1") && kill -s RTMIN+4 "$leader"
  nspawn_wait_end "$1" 10 >/dev/null && return 0
  leader=$(nspawn_leader "$1") && kill -9 "$leader"
  nspawn_wait_end "$1" 5 >/dev/null
}

nspawn_delete() {
  local at=$NSPAWN_WORK/$1
  nspawn_stop "$1"
  mountpoint -q "$at/root" && umount "$at/root"
  rm -rf "$at"
  rmdir "$NSPAWN_WORK" 2>/dev/null || true
}
