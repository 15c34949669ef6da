# shellcheck shell=bash disable=SC2154
# Three nodes, a stand-in for Telegram, and a chat with the bot in this terminal.

demo_folder=${TMPDIR:-/tmp}/constella-demo

demo() {
  export NET=demo CLUSTER_WORK=$demo_folder
  if [ -n "$(net_names demo)" ]; then
    echo "The demo is up already."
  else
    build && demo_up || return
  fi
  demo_help
  net_exec 0 "$root/artifacts/cluster/standin/telegram-standin" chat --url "http://$(net_addr 0):8081" "$@"
  echo "The network goes on without you; \`tests/cluster/run demo\` chats again, \`tests/cluster/run down\` ends it."
}

demo_up() {
  rm -rf "$demo_folder" && mkdir -p "$demo_folder" || return
  net_up 5 || return
  echo "Starting three machines …"
  # Its own session: a Ctrl-C in the chat is not meant for the machines.
  setsid nsenter --net="/run/netns/$(net_ns 0)" "$root/artifacts/cluster/harness/cluster" demo \
    < /dev/null > "$demo_folder/demo.log" 2>&1 &
  local keeper=$!
  until grep -q '^ready' "$demo_folder/demo.log"; do
    if ! kill -0 "$keeper" 2> /dev/null; then
      cat "$demo_folder/demo.log"
      down
      return 1
    fi
    sleep 0.2
  done
}

demo_help() {
  local folder
  folder=$(sed -n 's/^ready //p' "$demo_folder/demo.log")
  cat << TEXT

Three machines are up: alpha-01 ($(net_addr 1)), bravo-02 ($(net_addr 2)), charlie-03 ($(net_addr 3)). In another terminal, as root:
  tests/cluster/run peers       the network, as bravo-02 sees it
  tests/cluster/run lose 1      pulls the cable of alpha-01, the Host; the bot is back within 10 s
  tests/cluster/run back 1      plugs it in again
  tail -f $folder/*/state/logs/*
A press on "Reboot" is real too: each machine is a namespace that reboots.

TEXT
}

peers() {
  local folder
  folder=$(sed -n 's/^ready //p' "$demo_folder/demo.log") || return
  NET=demo net_exec 2 "$root/artifacts/cluster/release/constella" --state-dir "$folder/bravo-02/state" peers
}

lose() { NET=demo net_cut "$1"; }

back() { NET=demo net_heal "$1"; }

down() {
  NET=demo
  net_down
  rm -rf "$demo_folder"
}
