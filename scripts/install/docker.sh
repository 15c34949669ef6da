# shellcheck shell=bash
# The same node in a container: compose.yaml says how it runs, this says when.

docker_answers() {
  have docker && docker info >/dev/null 2>&1
}

# A container's root without capabilities enters no folder of somebody else; of an engine without root it is this user.
may_own_state() {
  ((EUID == 0)) || [[ "$(docker info -f '{{.SecurityOptions}}' 2>/dev/null)" == *rootless* ]]
}

compose() {
  local command=(docker compose)
  if ! docker compose version >/dev/null 2>&1; then
    have docker-compose || die "docker compose is missing: apt-get install docker-compose-v2 (Ubuntu), docker-compose (Debian)"
    command=(docker-compose)
  fi
  (
    set -a
    # shellcheck source=/dev/null
    if [ -r "$ENV_FILE" ]; then . "$ENV_FILE"; fi
    # The state folder here is a volume there, and the logs are in it.
    CONSTELLA_STATE="$STATE_DIR" CONSTELLA_LISTEN="$LISTEN"
    unset CONSTELLA_LOG_DIR
    set +a
    files=(-f "$ROOT/compose.yaml")
    if vpn_is_on; then files+=(-f "$ROOT/compose.vpn.yaml"); fi
    exec "${command[@]}" --project-directory "$ROOT" "${files[@]}" "$@"
  )
}

docker_build() {
  plan "build the image: docker compose build" || return 0
  local started=$SECONDS log="$ROOT/artifacts/build.log"
  mkdir -p "$ROOT/artifacts"
  # The image before stays, as the way back.
  docker tag constella:local constella:before 2>/dev/null || true
  compose build >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    die "the image could not be built; all of it is in $log"
  }
  CHANGED=1 BIN=constella HINT='docker compose exec constella constella'
  write_environment
  ok "built ($((SECONDS - started)) s)"
}

docker_start() {
  compose up -d >>"$ROOT/artifacts/build.log" 2>&1
}

docker_stop() {
  compose stop
}
