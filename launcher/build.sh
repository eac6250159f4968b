# The distribution: built when its sources changed, unpacked once per version and folder, so that a rebuild never
# touches what a running cluster uses.

build_inputs=(pom.xml .mvn bundles features assembly branding etc)

# A hash over the content of all files that the distribution is made of, tracked or not, but not of those ignored; and
# of the public key that it pins, which is whose release it is: AERIE_UPGRADE_KEY (docs/upgrade.md).
source_stamp() {
  local key=${AERIE_UPGRADE_KEY:-}
  [ -z "$key" ] || [ -s "$key" ] || fail "AERIE_UPGRADE_KEY: there is no file '$key'"
  { source_digests && { [ -z "$key" ] || sha256sum <"$key"; }; } | sha256sum | cut -c 1-12
}

source_digests() {
  if git -C "$root" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git -C "$root" ls-files -z --cached --others --exclude-standard -- "${build_inputs[@]}"
  else
    (cd "$root" && find "${build_inputs[@]}" -name target -prune -o -type f -print0)
  fi | sort -zu | (cd "$root" && xargs -0 sha256sum 2>/dev/null)
}

built_folder() { printf '%s' "$root/.aerie/build"; }

# ensure_distribution: leaves the archive's path in archive and the version in version. What a build runs takes that
# build's, also when somebody has changed a source meanwhile: it would wait for the build that waits for it.
ensure_distribution() {
  [ -z "${AERIE_UPGRADE_KEY:-}" ] || AERIE_UPGRADE_KEY=$(realpath "$AERIE_UPGRADE_KEY")
  version=${AERIE_BUILT_VERSION:-$(source_stamp)}
  archive=$(built_folder)/aerie-$version.tar.gz
  [ ! -s "$archive" ] || return 0
  need_tools "$tools_build"
  mkdir -p "$(built_folder)"
  local log started
  log=$(built_folder)/build.log
  started=$(now_ms)
  step "Building the distribution ($version); log: $log"
  (
    # One build at a time in one checkout: Maven's target folders are shared.
    flock 8
    cd "$root"
    pin_upgrade_key
    mvn -B -ntp package -DskipTests -Pquick "${compiled[@]}" -Daerie.build="$version" \
      "-Daerie.upgrade.key.folder=$(built_folder)/upgrade-key" -pl assembly/appliance -am >"$log" 2>&1 8>&- || {
      grep -E '^\[ERROR\]' "$log" | head -n 30 >&2
      fail "the build failed; all of it is in $log"
    }
    cp assembly/appliance/target/appliance-*.tar.gz "$archive.new"
    mv "$archive.new" "$archive"
    add_class_archive
  ) 8>"$(built_folder)/lock" || exit 1
  # The last few versions are kept: going back to a branch needs no build.
  find "$(built_folder)" -name 'aerie-*.tar.gz' -printf '%T@ %p\n' | sort -rn | tail -n +4 | cut -d ' ' -f 2- | xargs -r rm -f
  progress "built in $((($(now_ms) - started) / 1000)) s"
}

# add_class_archive: the distribution runs once, and the JVM writes down the classes that it loaded and checked. A node
# then starts with a fifth less work. The file is of use to the JVM that wrote it; any other starts without it.
add_class_archive() {
  local training distribution
  training=$(mktemp -d "$(built_folder)/training.XXXXXX")
  distribution=$training/distribution
  # Another shell: it has traps, locks and settings of its own.
  if AERIE_BUILT_VERSION=$version AERIE_JAVA_OPTS="-XX:ArchiveClassesAtExit=$training/aerie.jsa" \
    "$root/aerie" up --dir "$training/cluster" --nodes 1 --disks 1 --disk-size 1G &&
    "$root/aerie" sh --dir "$training/cluster" 'volume:list' &&
    "$root/aerie" down --dir "$training/cluster" && [ -s "$training/aerie.jsa" ]; then
    mkdir "$distribution"
    tar -xzf "$archive" -C "$distribution"
    install -m 644 "$training/aerie.jsa" "$(echo "$distribution"/*)/lib/aerie.jsa"
    tar -czf "$archive.new" -C "$distribution" "$(ls "$distribution")"
    mv "$archive.new" "$archive"
  else
    progress "the distribution stays without an archive of classes, and starts slower; see $(built_folder)/build.log"
  fi >>"$(built_folder)/build.log" 2>&1 8>&-
  "$root/aerie" down --dir "$training/cluster" --wipe >/dev/null 2>&1 8>&- || true
  rm -rf "$training"
}

# pin_upgrade_key: for the build that follows. The key of a build before must not stay where Maven leaves its files.
pin_upgrade_key() {
  rm -rf "$(built_folder)/upgrade-key" assembly/appliance/target/{classes,assembly}/etc/upgrade-key.pem
  [ -z "${AERIE_UPGRADE_KEY:-}" ] || install -D -m 644 "$AERIE_UPGRADE_KEY" "$(built_folder)/upgrade-key/upgrade-key.pem"
}

# unpack_distribution: into DIR/dist/VERSION, which then is the folder's current version.
unpack_distribution() {
  home=$dir/dist/$version
  if [ ! -d "$home" ]; then
    rm -rf "$home.new"
    mkdir -p "$home.new"
    tar -xzf "$archive" -C "$home.new" --strip-components 1
    mv "$home.new" "$home"
  fi
  remember version "$version"
}

# current_home: the unpacked distribution of this folder.
current_home() { printf '%s' "$dir/dist/$(setting version)"; }
