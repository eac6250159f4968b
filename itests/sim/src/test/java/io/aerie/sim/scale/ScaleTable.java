package io.aerie.sim.scale;

import java.util.List;
import java.util.Locale;

/** What runs of growing size came to, side by side. */
final class ScaleTable {
  private ScaleTable() {}

  static String of(List<ScaleRun> runs) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < runs.size(); i++) {
      line(text, (char) ('A' + i) + ": " + runs.get(i).size());
    }
    line(
        text,
        "of each operation: records changed, records gone through, bytes allocated, microseconds (medians)");
    StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%-32s", "operation"));
    for (int i = 0; i < runs.size(); i++) {
      char name = (char) ('A' + i);
      head.append(
          String.format(
              Locale.ROOT,
              " |%10s %10s %11s %10s",
              name + " changed",
              name + " through",
              name + " bytes",
              name + " us"));
    }
    line(text, head.toString());
    for (String operation : runs.get(0).costs().keySet()) {
      StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-32s", operation));
      for (ScaleRun run : runs) {
        Cost cost = run.cost(operation);
        row.append(
            String.format(
                Locale.ROOT,
                " |%10.1f %10.1f %11d %10.1f",
                cost.changes(),
                cost.visits(),
                cost.allocatedBytes(),
                cost.nanos() / 1e3));
      }
      line(text, row.toString());
    }
    for (String figure : runs.get(0).figures().keySet()) {
      StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-60s", figure));
      for (ScaleRun run : runs) {
        row.append(String.format(Locale.ROOT, " |%13.2f", run.figure(figure)));
      }
      line(text, row.toString());
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String line) {
    text.append("scale: ").append(line).append('\n');
  }
}
