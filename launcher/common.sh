# What every part needs: messages, options, where things lie.

say() { printf '%s\n' "$*"; }
step() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
progress() { printf '  %s\n' "$*" >&2; }

# fail MESSAGE [STATUS]
fail() {
  printf 'aerie: %s\n' "$1" >&2
  exit "${2:-1}"
}

now_ms() { date +%s%3N; }

# number OPTION VALUE LEAST MOST
number() {
  [[ $2 =~ ^[0-9]+$ ]] && [ "${#2}" -le 4 ] && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] ||
    fail "$1 wants a number from $3 to $4, not '$2'" 2
}

# whole_number OPTION VALUE
whole_number() { [[ $2 =~ ^[0-9]{1,9}$ ]] || fail "$1 wants a whole number, not '$2'" 2; }

# Options of all commands; each command takes those that the usage names. Sets dir and opt_*.
parse_options() {
  local name=$1
  shift
  dir=$root/.aerie/default
  opt_nodes='' opt_disks='' opt_disk_size='' opt_node=1 opt_json='' opt_wipe='' opt_seeds='' opt_seed='' opt_from='' opt_to='' opt_key=''
  arguments=() bench_options=()
  while [ $# -gt 0 ]; do
    case $name:$1 in
      *:--dir) needs_value "$@" && dir=$2 && shift ;;
      up:--nodes) needs_value "$@" && number "$1" "$2" 1 9 && opt_nodes=$2 && shift ;;
      up:--disks) needs_value "$@" && number "$1" "$2" 1 16 && opt_disks=$2 && shift ;;
      up:--disk-size)
        needs_value "$@"
        [[ $2 =~ ^[1-9][0-9]*[MGT]$ ]] || fail "--disk-size wants a size such as 8G, not '$2'" 2
        opt_disk_size=$2
        shift
        ;;
      sh:--node) needs_value "$@" && number "$1" "$2" 1 9 && opt_node=$2 && shift ;;
      test:--seeds) needs_value "$@" && whole_number "$1" "$2" && opt_seeds=$2 && shift ;;
      test:--seed) needs_value "$@" && whole_number "$1" "$2" && opt_seed=$2 && shift ;;
      upgrade-package:--from) needs_value "$@" && opt_from=$2 && shift ;;
      upgrade-package:--to) needs_value "$@" && opt_to=$2 && shift ;;
      upgrade-package:--key) needs_value "$@" && opt_key=$2 && shift ;;
      status:--json) opt_json=yes ;;
      down:--wipe) opt_wipe=yes ;;
      *:--help | *:-h)
        usage
        exit 0
        ;;
      bench:--)
        shift
        bench_options=("$@")
        break
        ;;
      sh:-- | test:--)
        shift
        arguments+=("$@")
        break
        ;;
      *:-*) fail "$name does not know the option '$1'; ./aerie --help lists all" 2 ;;
      *) arguments+=("$1") ;;
    esac
    shift
  done
  case $name in
    kill | start) [ ${#arguments[@]} -eq 1 ] || fail "$name wants the number of one node" 2 ;;
    sh) [ ${#arguments[@]} -eq 1 ] || fail "sh wants one command, in quotes" 2 ;;
    test)
      [ -z "$opt_seeds$opt_seed" ] || [ "${arguments[0]:-}" = sim ] || fail "only 'test sim' takes seeds" 2
      [ ${#arguments[@]} -le 1 ] || [ "${arguments[0]}" = faults ] || fail "test wants one tier at most" 2
      ;;
    bench)
      [ ${#arguments[@]} -le 1 ] || fail "$name wants one name at most" 2
      [ ${#bench_options[@]} -eq 0 ] || [ ${#arguments[@]} -eq 1 ] || fail "options after -- are those of one benchmark: name it" 2
      ;;
    upgrade-package) [ ${#arguments[@]} -eq 1 ] || fail "upgrade-package wants the name of one file to make" 2 ;;
    image) [ ${#arguments[@]} -eq 1 ] || fail "image wants iso or ova" 2 ;;
    *) [ ${#arguments[@]} -eq 0 ] || fail "$name does not know '${arguments[0]}'" 2 ;;
  esac
  dir=$(realpath -m "$dir")
}

needs_value() { [ $# -ge 2 ] || fail "$1 wants a value" 2; }

# setting NAME: what `up` remembered of this folder, one line NAME=VALUE each in DIR/settings.
setting() { [ ! -e "$dir/settings" ] || sed -n "s/^$1=//p" "$dir/settings" | tail -n 1; }

# remember NAME VALUE
remember() {
  local rest=''
  [ ! -e "$dir/settings" ] || rest=$(grep -v "^$1=" "$dir/settings" || true)
  printf '%s\n' "${rest:+$rest$'\n'}$1=$2" >"$dir/settings.new"
  mv "$dir/settings.new" "$dir/settings"
}

needs_cluster() { [ -s "$dir/settings" ] || fail "no cluster in $dir; './aerie up' makes one" 4; }

# One change of a folder at a time: up, start, kill and down wait for each other. File descriptor 9 stays with this
# shell; nodes are started without it.
lock_folder() {
  exec 9>"$dir/lock"
  flock -w 600 9 || fail "another ./aerie has been working in $dir for ten minutes"
}
