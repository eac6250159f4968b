import java.util.Arrays;

/** Times in nanoseconds. */
final class Samples {
  private long[] values = new long[1024];
  private int count;
  private boolean sorted;

  void add(long valueNs) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = valueNs;
    sorted = false;
  }

  void add(Samples other) {
    for (int i = 0; i < other.count; i++) {
      add(other.values[i]);
    }
  }

  int count() {
    return count;
  }

  /** The time in microseconds that such a part of all (0.99) did not exceed; -1 when there are none. */
  long atUs(double part) {
    if (!sorted) {
      Arrays.sort(values, 0, count);
      sorted = true;
    }
    return count == 0 ? -1 : values[(int) Math.min(count - 1, count * part)] / 1000;
  }
}
