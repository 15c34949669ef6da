#!/usr/bin/env bats
# What is accepted, what is refused, and what a dry run leaves behind.

load setup.bash

refused() {
  run ./install.sh "$@" </dev/null
  [ "$status" -eq 2 ]
  [ "${#lines[@]}" -eq 1 ]
}

@test "without a verb the help is shown" {
  run ./install.sh
  [ "$status" -eq 0 ]
  [[ "$output" == *"Usage: ./install.sh VERB"* ]]
}

@test "an unknown verb, flag or a flag without its value ends with one line and code 2" {
  refused dance
  refused init --vpn hub
  refused init --server-name
  refused init --server-name=
  refused status -f
  refused join --stage
  refused init --yes=1
}

@test "values are checked before anything is done" {
  refused init --dry-run --native --from fake.tar.gz --server-name Alpha_01 --public-addr 203.0.113.10
  refused init --dry-run --native --from fake.tar.gz --port 70000
  refused init --dry-run --native --from fake.tar.gz --public-addr 'a b'
  refused init --dry-run --native --from fake.tar.gz --public-addr 203.0.113.10 --owner 'a b'
  refused init --dry-run --native --from fake.tar.gz --public-addr 203.0.113.10 --owner-id me
  refused init --dry-run --native --from fake.tar.gz --public-addr 203.0.113.10 --priority low
  refused init --dry-run --native --from fake.tar.gz --public-addr 203.0.113.10 --vpn-mode spoke
  refused join --dry-run --native --from fake.tar.gz --public-addr 203.0.113.10 --join http://203.0.113.10
  refused join --dry-run --native --from fake.tar.gz --public-addr 203.0.113.10
}

@test "a dry run prints the steps and changes nothing" {
  before="$(find . | sort)"
  run init --dry-run
  [ "$status" -eq 0 ]
  [[ "$output" == *"would unpack fake.tar.gz"* ]]
  [[ "$output" == *"would make a new network with the node alpha-01 at 203.0.113.10:$PORT"* ]]
  [[ "$output" == *"would start the node"* ]]
  [ "$before" = "$(find . | sort)" ]
}

@test "a dry run prints no token and no link" {
  run init --dry-run --owner @username --bot-token 123:CANARY
  [ "$status" -eq 0 ]
  [[ "$output" != *CANARY* ]]
  run join --dry-run --join 'join://203.0.113.10:4747?net=00112233445566aa&token=CANARY&ttl=15m'
  [ "$status" -eq 0 ]
  [[ "$output" != *CANARY* ]]
}

@test "a token given as a flag is warned about, and the other ways are named" {
  run init --dry-run --owner @username --bot-token 123:ABC
  [[ "$output" == *"process list"*"--bot-token-file"*"CONSTELLA_BOT_TOKEN"*"prompt"* ]]
}

@test "a name is made of the host name" {
  # shellcheck source=/dev/null
  . scripts/install/options.sh
  [ "$(clean_name 'VPS_01.example.com')" = vps-01 ]
  [ "$(clean_name '--a--')" = a ]
  [ "$(clean_name '___')" = node ]
  [ "$(clean_name "$(printf 'x%.0s' {1..50})" | wc -c)" -eq 32 ]
}

@test "an IPv6 address gets its brackets and the port" {
  run ./install.sh init --dry-run --native --no-systemd --from fake.tar.gz --port "$PORT" --server-name a --public-addr 2001:db8::1
  [ "$status" -eq 0 ]
  [[ "$output" == *"at [2001:db8::1]:$PORT"* ]]
}

@test "packages that are missing are named and do not stop anything" {
  # shellcheck source=/dev/null
  . scripts/install/ui.sh
  # shellcheck source=/dev/null
  . scripts/install/packages.sh
  ui_setup
  # shellcheck disable=SC2317 # called by install_packages
  have() { false; }
  export DRY_RUN=0 NO_PACKAGES=1
  run install_packages
  [ "$status" -eq 0 ]
  [[ "$output" == *"not installed:"*"librsvg2-bin"*"numbers instead of charts"* ]]
  have() { true; }
  missing_packages() { printf 'some-package '; }
  export DRY_RUN=1 NO_PACKAGES=0
  run install_packages
  [ "$status" -eq 0 ]
  if ((EUID == 0)); then [[ "$output" == "would install some-package" ]]; fi
}
