# The file system below all disks: one file, one copy, no network. Sourced; needs work.

# raw_start: the file, written whole before anything is measured on it.
raw_start() { [ -s "$work/raw.img" ] || fill raw none; }

raw_stop() { :; }

raw_pids() { :; }

raw_memory_pids() { :; }

# raw_client PROTECTION RW: past the page cache; of writes also the sync of each, as fdatasync after it would.
raw_client() {
  printf '%s\n' --ioengine=libaio --direct=1 "--filename=$work/raw.img"
  [[ $2 != *write* ]] || printf '%s\n' --sync=dsync
}
