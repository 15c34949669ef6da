# shellcheck shell=bash
# The same node in a container: compose.yaml says how it runs, this says when.

docker_answers() {
  have docker && docker info >/dev/null 2>&1
}

compose() {
  local variables=(CONSTELLA_LISTEN="$LISTEN")
  if [ -n "${STATE_DIR:-}" ]; then variables+=(CONSTELLA_STATE="$STATE_DIR"); fi
  if docker compose version >/dev/null 2>&1; then
    env "${variables[@]}" docker compose --project-directory "$ROOT" -f "$ROOT/compose.yaml" "$@"
  elif have docker-compose; then
    env "${variables[@]}" docker-compose --project-directory "$ROOT" -f "$ROOT/compose.yaml" "$@"
  else
    die "docker compose is missing: apt-get install docker-compose-v2 (Ubuntu), docker-compose-plugin or docker-compose (Debian)"
  fi
}

docker_build() {
  plan "build the image: docker compose build" || return 0
  local started=$SECONDS log="$ROOT/artifacts/build.log"
  mkdir -p "$ROOT/artifacts"
  compose build >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    die "the image could not be built; all of it is in $log"
  }
  CHANGED=1 BIN=constella HINT='docker compose exec constella constella'
  write_environment
  ok "built ($((SECONDS - started)) s)"
}

docker_start() {
  compose up -d --build >>"$ROOT/artifacts/build.log" 2>&1
}

docker_stop() {
  compose stop
}
