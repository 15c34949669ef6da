# shellcheck shell=bash
# The WireGuard overlay: what root does for a node that is not root.

VPN_UNIT=/etc/systemd/system/constella-vpn.service
VPN_DROP_IN=/etc/systemd/system/constella.service.d/vpn.conf

vpn_is_on() {
  case "${VPN_MODE:-$(setting VPN_MODE)}" in hub | client) return 0 ;; *) return 1 ;; esac
}

# The interface comes up before the node, by root; a hub's node changes its peers while it runs, and may do nothing else with that capability.
place_vpn_unit() {
  if ! vpn_is_on && [ -e "$VPN_UNIT" ]; then systemctl stop constella-vpn 2>/dev/null || true; fi
  rm -f "$VPN_UNIT" "$VPN_DROP_IN"
  vpn_is_on || return 0
  sed -e "s|@STATE_DIR@|$STATE_DIR|g" -e "s|@PREFIX@|$PREFIX|g" "$ROOT/deploy/constella-vpn.service" >"$VPN_UNIT"
  mkdir -p "${VPN_DROP_IN%/*}"
  {
    printf '[Unit]\nWants=constella-vpn.service\nAfter=constella-vpn.service\n'
    if [ "${VPN_MODE:-$(setting VPN_MODE)}" = hub ]; then
      printf '\n[Service]\nAmbientCapabilities=CAP_NET_ADMIN\nCapabilityBoundingSet=CAP_NET_ADMIN\n'
    fi
  } >"$VPN_DROP_IN"
  chmod 644 "$VPN_UNIT" "$VPN_DROP_IN"
}

# Before the state is made: keys are WireGuard's to make.
install_wireguard() {
  local missing=()
  vpn_is_on || return 0
  have wg || missing+=(wireguard-tools)
  have ip || missing+=(iproute2)
  # Without the kernel's module, its stand-in in user space.
  if ! have wireguard-go && [ ! -d /sys/module/wireguard ] && ! modprobe -nq wireguard 2>/dev/null; then missing+=(wireguard-go); fi
  ((${#missing[@]})) || return 0
  if ((!NO_PACKAGES)) && ((EUID == 0)) && have apt-get; then
    plan "apt-get install ${missing[*]}" || return 0
    if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
      ok "installed ${missing[*]}"
      return 0
    fi
  fi
  plan "stop: the overlay needs ${missing[*]}" || return 0
  die "the overlay needs ${missing[*]}: apt-get install --no-install-recommends ${missing[*]}"
}

# Where no unit does it. A member that is given its part only now gets its key here.
raise_tunnel() {
  local answer
  vpn_is_on || return 0
  plan "bring the tunnel up" || return 0
  if ((EUID != 0)); then
    warn "the overlay's interface is root's to make: sudo $HINT vpn up"
    return 0
  fi
  if answer="$(constella vpn up 2>&1)"; then ok "tunnel up"; else warn "the tunnel is not up, traffic goes over the public address: ${answer%%$'\n'*}"; fi
}
