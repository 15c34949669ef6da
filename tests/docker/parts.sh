# shellcheck shell=bash disable=SC2154,SC2034
# What tests/docker/run tries. Machine N is `mN`, on host N of the network; its clone is $work/mN/clone.

IMAGE=constella:local
MOST_BYTES=120000000

prepare() {
  engine_up build "$ENGINE_CACHE/engine" && engine_images build || return
  dotnet publish tests/standin -c Release -v quiet -nologo -o "$work/standin" -p:RunAnalyzers=false >"$work/standin.log" 2>&1 || { cat "$work/standin.log"; return 1; }
}

build_image() { engine_docker build build --network host -t "$1" "${@:2}" "$work/clone"; }

image_bytes() { engine_docker "$1" image inspect -f '{{.Size}}' "$IMAGE"; }

part_image() {
  local size started=$SECONDS
  if ! build_image "$IMAGE" >"$work/build.log" 2>&1; then
    fail "image: the Dockerfile builds it" "$(tail -n 20 "$work/build.log")"
    exit 1
  fi
  pass "image: the Dockerfile builds it from a clean clone ($((SECONDS - started)) s; layers of an earlier run are kept)"
  size=$(image_bytes build)
  check "image: at most $((MOST_BYTES / 1000000)) MB: $((size / 1000000)) MB, $(engine_docker build save "$IMAGE" | gzip -1 | wc -c | awk '{ print int($1 / 1000000) }') MB to carry" \
    [ "$size" -le "$MOST_BYTES" ]
  check "image: it runs without a network, a capability, or a writable root" \
    engine_docker build run --rm --network none --cap-drop ALL --read-only "$IMAGE" --version
  check "image: charts can be drawn in it" charts_in "$IMAGE"
  check "image: no secret, no source and no state is in it" nothing_else_in "$IMAGE"
}

# A drawing with a letter, by the program and the font that are in the image.
charts_in() {
  local svg='<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><text x="2" y="15" font-family="DejaVu Sans" font-size="12">delta</text></svg>'
  local plain='<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"></svg>'
  [ "$(draw "$1" "$svg" | wc -c)" -gt "$(($(draw "$1" "$plain" | wc -c) + 100))" ]
}

draw() { printf '%s' "$2" | engine_docker build run --rm -i --network none --cap-drop ALL --read-only --entrypoint rsvg-convert "$1" --format png; }

nothing_else_in() {
  local id found
  id=$(engine_docker build create "$1") || return
  found=$(engine_docker build export "$id" | tar -t | grep -E '\.(cs|csproj|git|env)$|network_state|^src/|apt|dpkg' | head -n 5)
  engine_docker build rm -v "$id" >/dev/null
  [ -z "$found" ] || { echo "$found"; return 1; }
}

# The stages for arm64, on this machine's own processor: all of that build is neutral but the base image and what apt-get brings.
part_portable() {
  if ! build_image constella:portable --build-arg TARGETARCH=arm64 >"$work/portable.log" 2>&1; then
    fail "portable: the stages for arm64 build" "$(tail -n 20 "$work/portable.log")"
    return
  fi
  pass "portable: the stages for arm64 build"
  check "portable: its node runs on the shared runtime" engine_docker build run --rm --network none --cap-drop ALL --read-only constella:portable --version
  check "portable: no native code of this processor is in what was built" no_native_code
  check "portable: an architecture that is not supported is refused by name" has "no build for riscv64" \
    build_image constella:other --build-arg TARGETARCH=riscv64 --target build
}

# IL libraries are MZ files whose machine is I386 (0x14c): read by any runtime.
no_native_code() {
  local id native
  id=$(engine_docker build create constella:portable) || return
  engine_docker build cp "$id:/opt/constella" "$work/portable"
  engine_docker build rm -v "$id" >/dev/null
  native=$(find "$work/portable" -type f -exec sh -c 'for f; do case $(od -An -c -N 4 "$f" | tr -d " ") in 177ELF*) echo "$f" ;; esac; done' sh {} +)
  [ -z "$native" ] || { echo "$native"; return 1; }
}

# machine N: its engine. The first one goes on where the image was built; the others get the image.
machine() {
  local data=$work/m$1/data
  if [ "$1" = 1 ]; then
    engine_down build
    data=$ENGINE_CACHE/engine
  fi
  mkdir -p "$work/m$1"
  [ -e "$work/m$1/clone" ] || cp -a "$work/clone" "$work/m$1/clone"
  engine_up "m$1" "$data" "$(net_ns "$1")" || return
  [ "$1" = 1 ] || [ -n "$(engine_docker "m$1" images -q "$IMAGE")" ] || engine_docker "m$1" load -q -i "$work/image.tar" >/dev/null
}

compose() { engine_compose "m$1" --project-directory "$work/m$1/clone" -f "$work/m$1/clone/compose.yaml" "${@:2}"; }

node() { compose "$1" exec -T constella constella "${@:2}"; }

container() { compose "$1" ps -q constella; }

inspect() { engine_docker "m$1" inspect -f "$2" "$(container "$1")"; }

is() { [ "$1" = "$2" ] || { echo "$1 is not $2"; return 1; }; }

healthy() { is "$(inspect "$1" '{{.State.Health.Status}}')" healthy; }

node_id() { node "$1" status --json | value node_id; }

# One machine, no variable set.
part_alone() {
  local before process
  machine 1 || { fail "alone: an engine on a machine of its own"; exit 1; }
  # What an earlier run has left on this engine is not this machine's.
  compose 1 down -v --remove-orphans >/dev/null 2>&1
  check "alone: docker compose up -d --build, no variable set" compose 1 up -d --build
  check "alone: it is the Host of a network of its own" within 30 has '"is_host": true' node 1 status --json
  check "alone: the health check says healthy" within 60 healthy 1
  check "alone: the log is bounded: $(inspect 1 '{{.HostConfig.LogConfig.Type}} {{.HostConfig.LogConfig.Config}}')" \
    is "$(inspect 1 '{{index .HostConfig.LogConfig.Config "max-size"}} {{index .HostConfig.LogConfig.Config "max-file"}}')" '5m 3'
  process=$(node_process 1)
  check "alone: of all capabilities it has CAP_SYS_BOOT only" is "$(sed -n 's/^CapEff:\t0*//p' "/proc/$process/status")" 400000
  check "alone: it can gain none" is "$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$process/status")" 1
  figures
  before=$(node_id 1)
  compose 1 down >/dev/null 2>&1
  compose 1 up -d >/dev/null 2>&1
  check "alone: the same node after down and up" within 30 same_node 1 "$before"
  compose 1 down -v >/dev/null 2>&1
  compose 1 up -d >/dev/null 2>&1
  check "alone: the same node after down -v and up" within 30 same_node 1 "$before"
  lost_state "$before"
}

same_node() { is "$(node_id "$1")" "$2"; }

# The node's process, as seen from outside of the machine.
node_process() {
  local id
  id=$(container "$1")
  grep -lzx run /proc/[0-9]*/cmdline 2>/dev/null | while IFS=/ read -r _ _ pid _; do
    if grep -q "$id" "/proc/$pid/cgroup" 2>/dev/null; then echo "$pid"; fi
  done | head -n 1
}

# The machine's own figures, not the container's.
figures() {
  local stats total size
  stats=$(node 1 stats "$(node 1 status --json | value name)" --json)
  total=$(awk '/^MemTotal/ { printf "%.0f", $2 * 1024 }' /proc/meminfo)
  size=$(($(stat -f -c '%b * %S' /)))
  check "alone: it reads the machine's /proc: RAM of $((total / 1000000)) MB" has "$total" echo "$stats"
  check "alone: it reads the machine's disks: $((size / 1000000)) MB at /" has "$size" echo "$stats"
}

# A state that is gone is no first start.
lost_state() {
  compose 1 stop >/dev/null 2>&1
  mv "$work/m1/clone/state" "$work/m1/state.away"
  compose 1 up -d --force-recreate >/dev/null 2>&1
  check "alone: where the state was lost, no second network is made" within 30 has "the state of node $1" compose 1 logs
  check "alone: and nothing is written in its place" [ ! -e "$work/m1/clone/state/network_state.json" ]
  compose 1 stop >/dev/null 2>&1
  rm -rf "$work/m1/clone/state"
  mv "$work/m1/state.away" "$work/m1/clone/state"
  compose 1 up -d >/dev/null 2>&1
  check "alone: with its state put back it is the same node" within 30 same_node 1 "$1"
}

# install.sh of that machine's clone; process 1 of its engine is another one than here, and so is its network.
installer() {
  nsenter --net="/run/netns/$(net_ns 1)" env DOCKER_HOST="unix://$(engine_socket m1)" "$work/m1/clone/install.sh" "$@" </dev/null >"$work/installer.log" 2>&1
}

told() { has "$1" cat "$work/installer.log"; }

# The same container by install.sh: made, put on another build, back on its own, and removed with all that it left.
part_installed() {
  local before
  engine_docker m1 info >/dev/null 2>&1 || machine 1 || { fail "installed: an engine on a machine of its own"; return; }
  compose 1 down -v >/dev/null 2>&1
  rm -rf "$work/m1/clone/state" "$work/m1/clone/.env"
  check "installed: install.sh init --docker" installer init --docker --yes --server-name alpha-01 --public-addr "$(net_addr 1)"
  check "installed: it is the Host" told "alpha-01  Host  $(net_addr 1):4747"
  before=$(node_id 1)
  check "installed: install.sh upgrade" installer upgrade
  check "installed: it is the same node" same_node 1 "$before"
  cp "$work/m1/clone/Dockerfile" "$work/Dockerfile"
  sed -i 's|^ENTRYPOINT.*|ENTRYPOINT ["/bin/sh", "-c", "echo this build is broken >\&2; exit 4"]|' "$work/m1/clone/Dockerfile"
  check "installed: an upgrade to an image that does not come up fails" fails installer upgrade
  check "installed: with its last words" told "this build is broken"
  check "installed: and goes back to the image before" within 30 same_node 1 "$before"
  cp "$work/Dockerfile" "$work/m1/clone/Dockerfile"
  check "installed: install.sh uninstall --yes" installer uninstall --yes
  check "installed: no container, no mark and no state is left" fails left_over
}

left_over() { engine_docker m1 ps -aq --filter label=com.docker.compose.service=constella | grep -q . || engine_docker m1 volume ls -q | grep -q constella-mark || [ -e "$work/m1/clone/state/network_state.json" ]; }
