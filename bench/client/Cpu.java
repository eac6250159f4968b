import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * CPU time in ticks of 10 ms (proc(5)).
 *
 * @param servers user and system time of the servers' processes
 * @param client the same of this process
 * @param busy of the whole machine, all but idle and waiting for disks
 * @param stolen by the hypervisor
 */
record Cpu(long servers, long client, long busy, long stolen) {
  static final double TICK_SECONDS = 0.01;

  static Cpu now(List<Long> pids) throws IOException {
    long servers = 0;
    for (long pid : pids) {
      servers += process(Path.of("/proc/" + pid + "/stat"));
    }
    String[] all = Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split(" +");
    // user nice system idle iowait irq softirq steal
    long busy = 0;
    for (int i : new int[] {1, 2, 3, 6, 7}) {
      busy += Long.parseLong(all[i]);
    }
    return new Cpu(servers, process(Path.of("/proc/self/stat")), busy, Long.parseLong(all[8]));
  }

  private static long process(Path stat) throws IOException {
    String text = Files.readString(stat);
    // a process' name may contain anything; fields are counted behind it
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }

  Cpu since(Cpu before) {
    return new Cpu(servers - before.servers, client - before.client, busy - before.busy, stolen - before.stolen);
  }

  /** Cores that neither the servers nor this process used in so many seconds. */
  double others(double seconds) {
    return Math.max(0, (busy - servers - client) * TICK_SECONDS / seconds);
  }
}
