# shellcheck shell=bash
# A checkout of its own, a fake executable in an archive, a port nobody uses.

setup() {
  REPO="$(cd "$BATS_TEST_DIRNAME/../.." && pwd)"
  HERE="$(mktemp -d)"
  mkdir "$HERE/scripts"
  cp -R "$REPO/scripts/install" "$HERE/scripts/"
  cp "$REPO/install.sh" "$HERE/"
  cp -R "$REPO/deploy" "$HERE/"
  tar -czf "$HERE/fake.tar.gz" -C "$BATS_TEST_DIRNAME" --transform 's/^fake-//' fake-constella health.pl
  PORT="$(free_port)"
  STATE="$HERE/state"
  cd "$HERE" || return 1
  local variable
  for variable in $(compgen -e CONSTELLA_); do unset "$variable"; done
  export LC_ALL=C
}

teardown() {
  if [ -n "${HOLDER:-}" ]; then kill "$HOLDER" 2>/dev/null || true; fi
  if [ -e "$STATE/constella.pid" ]; then kill "$(<"$STATE/constella.pid")" 2>/dev/null || true; fi
  rm -rf "$HERE"
}

# Below those that the system gives to whoever asks for any: other tests run at the same time.
free_port() {
  local port
  while :; do
    port=$((10000 + RANDOM % 18000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  printf '%s' "$port"
}

init() {
  ./install.sh init --no-systemd --no-packages --native --yes --from fake.tar.gz --port "$PORT" --server-name alpha-01 --public-addr 203.0.113.10 "$@" </dev/null
}

join() {
  ./install.sh join --no-systemd --no-packages --native --yes --from fake.tar.gz --port "$PORT" --server-name bravo-02 --public-addr 203.0.113.11 "$@"
}
