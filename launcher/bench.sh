# bench: each benchmark is an executable bench/NAME/run; results go to bench/results/ as JSON. What follows `--` are options
# of the one that is named.

command_bench() {
  local name found=''
  for name in "$root"/bench/*/run; do
    [ -x "$name" ] || continue
    found=yes
    name=$(basename "$(dirname "$name")")
    [ "${arguments[0]:-$name}" = "$name" ] || continue
    mkdir -p "$root/bench/results"
    "$root/bench/$name/run" --dir "$dir" --results "$root/bench/results" "${bench_options[@]}"
    [ ${#arguments[@]} -eq 0 ] || return 0
  done
  [ -n "$found" ] && [ ${#arguments[@]} -eq 0 ] || fail "no benchmark '${arguments[0]:-any}' in this version" 3
}
