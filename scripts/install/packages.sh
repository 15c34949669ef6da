# shellcheck shell=bash
# What a node can do without, and is better with: named where it is missing, installed where apt-get can.

# Charts are drawn by rsvg-convert in DejaVu Sans; without them the bot sends numbers.
missing_packages() {
  have rsvg-convert || printf '%s ' librsvg2-bin
  [ -n "$(find /usr/share/fonts /usr/local/share/fonts -name DejaVuSans.ttf -print -quit 2>/dev/null)" ] || printf '%s ' fonts-dejavu-core
}

# Never a reason to fail: the node runs all the same.
install_packages() {
  local missing
  missing="$(missing_packages)"
  missing="${missing% }"
  if [ -z "$missing" ]; then return 0; fi
  if ((EUID != 0)) || ((NO_PACKAGES)) || ! have apt-get; then
    warn "not installed: $missing. The bot sends numbers instead of charts"
    return 0
  fi
  plan "install $missing, for the bot's charts" || return 0
  # shellcheck disable=SC2086 # words of a list
  if DEBIAN_FRONTEND=noninteractive timeout 180 apt-get -o Acquire::Retries=0 -o Acquire::http::Timeout=15 \
    install -y -qq --no-install-recommends $missing >/dev/null 2>&1 </dev/null; then
    ok "installed $missing"
  else
    warn "not installed: $missing (apt-get update, then apt-get install $missing). The bot sends numbers instead of charts until then"
  fi
}
