# Ports for peers that benchmarks start. Sourced; needs ports_in_use.

# free_port_block COUNT: the first of so many ports in a row that nothing uses, below those that the kernel hands out.
free_port_block() {
  local used first port free
  used=$(ports_in_use)
  while true; do
    first=$((10000 + RANDOM % 9000)) free=yes
    for ((port = first; port < first + $1; port++)); do
      ! grep -qx "$port" <<<"$used" || free=''
    done
    [ -z "$free" ] || break
  done
  echo "$first"
}
