# shellcheck shell=bash
# What a node can do without, and is better with: named where it is missing, installed where apt-get can.

# History is kept in SQLite; charts of it are drawn by rsvg-convert, in DejaVu Sans.
missing_packages() {
  [ -n "$(find /usr/lib /usr/lib64 /lib -maxdepth 2 -name libsqlite3.so.0 -print -quit 2>/dev/null)" ] || printf '%s ' libsqlite3-0
  have rsvg-convert || printf '%s ' librsvg2-bin
  [ -n "$(find /usr/share/fonts /usr/local/share/fonts -name DejaVuSans.ttf -print -quit 2>/dev/null)" ] || printf '%s ' fonts-dejavu-core
}

# Never a reason to fail: the node runs all the same.
install_packages() {
  local missing without='without libsqlite3-0 there is no history, without the others the bot sends numbers instead of charts'
  missing="$(missing_packages)"
  missing="${missing% }"
  if [ -z "$missing" ]; then return 0; fi
  if ((EUID != 0)) || ((NO_PACKAGES)) || ! have apt-get; then
    warn "not installed: $missing; $without"
    return 0
  fi
  plan "install $missing" || return 0
  local apt=(timeout 180 apt-get -qq -o Acquire::Retries=0 -o Acquire::http::Timeout=15)
  # shellcheck disable=SC2086 # words of a list
  if { "${apt[@]}" update && DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends $missing; } >/dev/null 2>&1 </dev/null; then
    ok "installed $missing"
  else
    warn "not installed: $missing (apt-get update, then apt-get install $missing, then restart the node); $without"
  fi
}
