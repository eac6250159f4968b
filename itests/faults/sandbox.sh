# What the faults need of the machine, inside namespaces of the story's own (network, mounts, processes): all of it is
# gone when the story's first process ends, however it ends. Sourced.

# Nodes 1 to 3 at 10.77.0.1 to .3, each in a network namespace with one cable to a bridge; the story and its clients at .254.
# Nobody asks who has an address (ARP): the tables are written, so that a cut is a wrong line in one of them.
sandbox_network() {
  local node other
  mkdir -p /run/netns
  mount -t tmpfs netns /run/netns
  ip link set lo up
  ip link add bridge type bridge
  ip addr add 10.77.0.254/24 dev bridge
  ip link set bridge up
  for node in 1 2 3; do
    ip netns add "n$node"
    ip link add "cable$node" type veth peer name eth0 netns "n$node"
    ip link set "cable$node" master bridge up
    ip -n "n$node" link set lo up
    ip -n "n$node" link set eth0 address "$(mac "$node")"
    ip -n "n$node" addr add "10.77.0.$node/24" dev eth0
    ip -n "n$node" link set eth0 up
  done
  for node in 1 2 3; do
    for other in 1 2 3; do [ "$node" = "$other" ] || mend_one_way "$node" "$other"; done
  done
}
mac() { echo "02:00:00:00:00:0$1"; }

# cut_one_way FROM TO: frames from FROM to TO go to a card that nobody has. Neither end is told.
cut_one_way() { neighbour "$1" "$2" 02:00:00:00:00:ff; }
mend_one_way() { neighbour "$1" "$2" "$(mac "$2")"; }
neighbour() {
  nsenter --net="/run/netns/n$1" ip neigh replace "10.77.0.$2" lladdr "$3" dev eth0 nud permanent
}

# others NODE
others() { local node; for node in 1 2 3; do [ "$node" = "$1" ] || echo "$node"; done; }

# cut NODE out|in|both: between a node and the other nodes; clients reach all of them. mend NODE
cut() {
  local other
  for other in $(others "$1"); do
    [ "$2" = in ] || cut_one_way "$1" "$other"
    [ "$2" = out ] || cut_one_way "$other" "$1"
  done
}
mend() { local other; for other in $(others "$1"); do mend_one_way "$1" "$other" && mend_one_way "$other" "$1"; done; }

# sandbox_node NODE: its address, the clock that can be stepped, and its data on a small file system.
sandbox_node() {
  local folder=$cluster/n$1
  mkdir -p "$folder/data"
  chmod 700 "$folder" "$folder/data"
  echo "10.77.0.$1" >"$folder/address"
  mount -t tmpfs -o "size=${data_megabytes}m,mode=700" "data$1" "$folder/data"
  step_clock "$1" 0
  printf '%s\n' env "LD_PRELOAD=$STORY_FOLDER/clock-step.so" "CLOCK_STEP_FILE=$STORY_FOLDER/clock$1" \
    nsenter "--net=/run/netns/n$1" >"$folder/runner"
}

# step_clock NODE SECONDS: how far the node's wall clock is from the true time. Written in place: the node has it mapped.
step_clock() {
  perl -e 'print pack("q", $ARGV[0])' -- "$2" | dd of="$STORY_FOLDER/clock$1" conv=notrunc status=none
}
