# sh: one command over SSH.
#
# A lost answer must not look like an empty one: over SSH, commands with pipes have been seen to end with no output and
# exit status 0. So each command is followed by one that prints a mark; without it an
# answer of status 0 is reported as lost (75, EX_TEMPFAIL), as the command may or may not have been carried out.

command_sh() {
  needs_cluster
  node_named "$opt_node"
  need_tools "$tools_run"
  node_pid "$node" >/dev/null || fail "node $node does not run" 4
  pin_host_key "$node"
  run_in_shell "$node" "${arguments[0]}"
}

# run_in_shell NODE COMMAND
run_in_shell() {
  local mark status=0 answer lost=''
  mark="end-$RANDOM$RANDOM$RANDOM"
  answer=$(mktemp -d)
  ssh_to "$1" "$2"$'\n'"echo $mark" >"$answer/out" 2>"$answer/err" || status=$?
  if [ "$status" -eq 0 ]; then
    if [ "$(tail -n 1 "$answer/out")" = "$mark" ]; then sed -i '$d' "$answer/out"; else lost=yes; fi
  fi
  # Colours belong on terminals only; that the peer closes the connection after one command is how Karaf ends it.
  without_colours 1 <"$answer/out"
  grep -v '^Connection to .* closed by remote host' "$answer/err" | without_colours 2 >&2 || true
  rm -rf "$answer"
  [ -z "$lost" ] || fail "the answer of $1 was lost on the way: the command may have been carried out" 75
  return "$status"
}

# without_colours DESCRIPTOR: unless the descriptor is a terminal.
without_colours() { if [ -t "$1" ]; then cat; else sed 's/\x1b\[[0-9;]*[A-Za-z]//g'; fi; }

# ssh_to NODE TEXT: password from DIR/credentials by SSH_ASKPASS, host key pinned from the node's own file.
ssh_to() {
  local askpass=$dir/askpass
  [ -s "$dir/credentials" ] || fail "no credentials in $dir; was './aerie up' finished?" 4
  if [ ! -x "$askpass" ]; then
    printf '#!/bin/sh\nexec sed -n 2p "$(dirname "$0")/credentials"\n' >"$askpass"
    chmod 700 "$askpass"
  fi
  SSH_ASKPASS=$askpass SSH_ASKPASS_REQUIRE=force DISPLAY=none ssh -F none -p "$(port "$1" ssh)" \
    -o UserKnownHostsFile="$dir/known_hosts" -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes \
    -o PubkeyAuthentication=no -o PreferredAuthentications=password,keyboard-interactive \
    -o NumberOfPasswordPrompts=1 -o ConnectTimeout=10 -o LogLevel=ERROR \
    "$(sed -n 1p "$dir/credentials")@$(address "$1")" "$2" </dev/null
}

# pin_host_key NODE: the public half of the key file that the node made, never what the network says.
pin_host_key() {
  local where key
  where="[$(address "$1")]:$(port "$1" ssh)"
  # Karaf makes the key when the first client comes; this one only knocks, and its knowledge is thrown away.
  [ -s "$dir/$1/etc/host.key" ] || ssh -F none -p "$(port "$1" ssh)" -o BatchMode=yes -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null -o ConnectTimeout=10 -o LogLevel=QUIET "nobody@$(address "$1")" true </dev/null || true
  key=$(ssh-keygen -y -f "$dir/$1/etc/host.key" 2>/dev/null) || fail "node $1 has no host key yet: $dir/$1/etc/host.key" 4
  touch "$dir/known_hosts"
  grep -qF "$where $(cut -d ' ' -f 1,2 <<<"$key")" "$dir/known_hosts" && return
  { grep -vF "$where " "$dir/known_hosts" || true; printf '%s %s\n' "$where" "$(cut -d ' ' -f 1,2 <<<"$key")"; } >"$dir/known_hosts.new"
  mv "$dir/known_hosts.new" "$dir/known_hosts"
}
