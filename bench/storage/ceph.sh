# Debian's Ceph on loopback: one monitor, one manager, three OSDs on files of the same file system. Sourced; needs work,
# protections, stop_process, free_port_block. Daemons stay in the foreground of a session each, so that their pids are ours.

ceph_image() { printf 'bench-%s' "${1/+/-}"; }

# ceph_start: from the second time on on the data of before.
ceph_start() {
  local id fresh=''
  export CEPH_CONF=$work/ceph/ceph.conf
  [ -e "$CEPH_CONF" ] || { fresh=yes && ceph_make; }
  ceph_daemon mon a
  wait_until 60 "Ceph's monitor" ceph_answers
  ceph_daemon mgr x
  for id in 0 1 2; do
    [ -z "$fresh" ] || ceph_make_osd "$id"
    ceph_daemon osd "$id"
  done
  wait_until 120 "Ceph's OSDs" ceph_osds_up
  [ -z "$fresh" ] || ceph_make_pools
  wait_until 180 "Ceph's placement groups to be active+clean" ceph_clean
  if [ -n "$fresh" ]; then ceph_make_images; fi
}

# ceph_daemon KIND ID
ceph_daemon() {
  setsid "ceph-$1" -f -i "$2" --setuser root --setgroup root </dev/null >"$work/ceph/log/$1.$2.out" 2>&1 9>&- &
  ceph_pid[$1.$2]=$!
}

ceph_ask() { timeout 30 ceph "$@" 2>>"$work/ceph/log/ask.err"; }

ceph_answers() { ceph_ask mon stat >/dev/null; }

ceph_osds_up() { [ "$(ceph_ask osd stat --format json | jq .num_up_osds)" = 3 ]; }

ceph_clean() {
  ceph_ask pg stat --format json | jq -e '(.pg_summary // .) | .num_pgs > 0 and .num_pgs == ([.num_pg_by_state[] | select(.name == "active+clean").num] | add)' >/dev/null
}

# The monitor's store and the configuration. What differs from Ceph's defaults, and why: no cache in the client, so that
# a write is answered when it is durable; no scrubs and no change of placement groups while measuring; memory the least
# that an OSD takes; neither passwords nor encryption, since these only cost it time.
ceph_make() {
  local folder=$work/ceph fsid port
  fsid=$(</proc/sys/kernel/random/uuid)
  port=$(free_port_block 60)
  mkdir -p "$folder"/{mon/a,mgr/x,log,run}
  cat >"$folder/ceph.conf" <<TEXT
[global]
fsid = $fsid
mon_host = v1:127.0.0.1:$port
public_network = 127.0.0.0/8
cluster_network = 127.0.0.0/8
ms_bind_port_min = $((port + 1))
ms_bind_port_max = $((port + 59))
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
auth_allow_insecure_global_id_reclaim = false
keyring = $folder/keyring
admin_socket = $folder/run/\$name.asok
pid_file =
run_dir = $folder/run
crash_dir = $folder/log
log_file = $folder/log/\$name.log
mon_cluster_log_file = $folder/log/cluster.log
mon_data = $folder/mon/\$id
mgr_data = $folder/mgr/\$id
osd_data = $folder/osd.\$id
osd_objectstore = bluestore
bluestore_block_size = $((8 << 30))
osd_memory_target = 939524096
osd_crush_chooseleaf_type = 0
osd_pool_default_size = 3
osd_pool_default_min_size = 2
osd_pool_default_pg_autoscale_mode = off
rbd_cache = false
TEXT
  {
    monmaptool --create --fsid "$fsid" --addv a "[v1:127.0.0.1:$port]" "$folder/monmap"
    ceph-authtool --create-keyring "$folder/keyring" --gen-key -n mon. --cap mon 'allow *'
    ceph-authtool "$folder/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
    ceph-mon --mkfs -i a --monmap "$folder/monmap" --keyring "$folder/keyring"
    cp "$folder/keyring" "$folder/mgr/x/keyring"
  } >"$folder/log/make.out" 2>&1 || { cat "$folder/log/make.out" >&2; return 1; }
}

# ceph_make_osd ID
ceph_make_osd() {
  local uuid
  uuid=$(</proc/sys/kernel/random/uuid)
  mkdir -p "$work/ceph/osd.$1"
  ceph_ask osd new "$uuid" "$1" >/dev/null
  ceph-osd -i "$1" --mkfs --osd-uuid "$uuid" >"$work/ceph/log/make.osd.$1" 2>&1 || { tail -n 20 "$work/ceph/log/make.osd.$1" >&2; return 1; }
}

# An image of a pool with erasure codes has its names and sizes in a replicated one.
ceph_make_pools() {
  ceph_told osd set noscrub
  ceph_told osd set nodeep-scrub
  ceph_told osd pool create rbd 32 32 replicated
  ceph_told osd pool application enable rbd rbd
  [[ " ${protections[*]} " == *' ec2+1 '* ]] || return 0
  ceph_told osd erasure-code-profile set ec21 k=2 m=1 crush-failure-domain=osd
  ceph_told osd pool create ecdata 32 32 erasure ec21
  ceph_told osd pool set ecdata allow_ec_overwrites true
  ceph_told osd pool set ecdata min_size 2
  ceph_told osd pool application enable ecdata rbd
}

# ceph_told COMMAND…: or the bench fails with what Ceph said.
ceph_told() { ceph_ask "$@" >/dev/null || { tail -n 5 "$work/ceph/log/ask.err" >&2; fail "Ceph refused: $*"; }; }

ceph_make_images() {
  local protection
  for protection in "${protections[@]}"; do
    if [ "$protection" = rf3 ]; then
      rbd create "$(ceph_image rf3)" --size 1G
    else
      rbd create "$(ceph_image "$protection")" --size 1G --data-pool ecdata
    fi
    fill ceph "$protection"
  done
}

# ceph_stop: OSDs first, so that the monitor hears of it.
ceph_stop() {
  local name
  for name in osd.0 osd.1 osd.2 mgr.x mon.a; do
    [ -z "${ceph_pid[$name]:-}" ] || stop_process "${ceph_pid[$name]}" 30
    unset "ceph_pid[$name]"
  done
}

ceph_pids() { printf '%s' "${ceph_pid[*]}"; }

# Monitor and manager count as processor time, not as memory of an OSD.
ceph_memory_pids() { printf '%s' "${ceph_pid[osd.0]} ${ceph_pid[osd.1]} ${ceph_pid[osd.2]}"; }

# ceph_client PROTECTION RW: fio's engine and its target, a word a line.
ceph_client() { printf '%s\n' --ioengine=rbd --clientname=admin --pool=rbd "--rbdname=$(ceph_image "$1")"; }
