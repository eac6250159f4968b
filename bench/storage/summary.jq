# Lines of rounds to medians, ratios and goals. $jobs and $goals are the data files beside this.
def median: sort | .[length / 2 | floor];
def figures: ["iops", "mb_per_s", "p50_us", "p99_us", "cpu_s_per_1000", "busy_cores"];
def ratio($a; $b): if $a == null or $b == null or $b == 0 then null else $a / $b end;
. as $rounds
| [$jobs[0][].job] as $order
| ($rounds | group_by([.system, .protection, .job]) | map(. as $of
    | {system: .[0].system, protection: .[0].protection, job: .[0].job, rounds: length,
       rss_mib: ([.[].rss_mib | max | values] | max), iops_least: (map(.iops) | min), iops_most: (map(.iops) | max)}
      + (figures | map({key: ., value: (. as $name | [$of[][$name] | values] | if . == [] then null else median end)}) | from_entries))) as $plain
| def found($system; $protection; $job): first($plain[] | select(.system == $system and .protection == $protection and .job == $job)) // null;
  def beside($name): . as $goal | found("aerie"; $goal.protection; $goal.job)[$name]? as $own | found("ceph"; $goal.protection; $goal.job)[$name]? as $other | ratio($own; $other);
  ($plain | map(. as $row
    | .to_ceph = (if .system == "aerie" then ratio(.iops; found("ceph"; .protection; .job).iops?) else null end)
    | .cpu_to_ceph = (if .system == "aerie" then ratio(.cpu_s_per_1000; found("ceph"; .protection; .job).cpu_s_per_1000?) else null end)
    | .to_raw = (if .system == "raw" then null else ratio(.iops; found("raw"; "none"; .job).iops?) end))
   | sort_by([.protection, (.job as $job | $order | index($job)), .system])) as $rows
| ($goals[0] | map(
    .seen = (if .figure == "rss_mib" then [$plain[] | select(.system == "aerie").rss_mib | values] | max else beside(.figure) end)
    | .met = (if .seen == null then null
              elif .at_most then .seen < .at_most
              elif .at_most_times_ceph then .seen <= .at_most_times_ceph
              else .seen >= .at_least_times_ceph end))) as $judged
| {medians: $rows, goals: $judged, rounds: $rounds}
