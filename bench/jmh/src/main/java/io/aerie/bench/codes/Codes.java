package io.aerie.bench.codes;

import io.aerie.ardfs.code.IsalKernel;
import io.aerie.engine.code.ErasureCode;
import io.aerie.engine.code.ErasureScheme;
import io.aerie.engine.code.SwarKernel;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One call of a code over fragments that stay in the caches, beside a copy of the same data. Counts
 * the thread's own processor time too: on a machine that others use, bytes by processor second are
 * the truer figure.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Codes {
  /** What is done: a scheme, and encode, decode (two data fragments lost) or update (one page). */
  @Param({"encode 2+1", "encode 4+2", "encode 8+3", "encode 8+8", "decode 4+2", "update 4+2"})
  public String job;

  /** By whom; copy puts the job's data into other buffers, nothing else. */
  @Param({"copy", "java", "isa-l"})
  public String kernel;

  /** Bytes of a fragment: a page, and where ISA-L works in place. */
  @Param({"4096", "65536"})
  public int fragmentBytes;

  private ErasureCode code;
  private ByteBuffer[] stripe;
  private ByteBuffer[] data;
  private ByteBuffer[] parities;
  private ByteBuffer[] spare;
  private Runnable call;

  /** What JMH's score doesn't tell: how many bytes of data, and how much of the processor. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Used {
    public long dataBytes;
    public long cpuNanos;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private long began;

    @Setup(Level.Iteration)
    public void begin() {
      dataBytes = 0;
      cpuNanos = 0;
      began = threads.getCurrentThreadCpuTime();
    }

    @TearDown(Level.Iteration)
    public void end() {
      cpuNanos = threads.getCurrentThreadCpuTime() - began;
    }
  }

  private int dataBytes;

  @Setup
  public void prepare() {
    String[] words = job.split(" ");
    ErasureScheme scheme = ErasureScheme.parse("ec" + words[1]);
    stripe = buffers(scheme.fragmentCount());
    data = Arrays.copyOf(stripe, scheme.dataCount());
    parities = Arrays.copyOfRange(stripe, scheme.dataCount(), stripe.length);
    boolean update = words[0].equals("update");
    dataBytes = (update ? 1 : scheme.dataCount()) * fragmentBytes;
    if (kernel.equals("copy")) {
      spare = buffers(update ? 1 : scheme.dataCount());
      call = this::copy;
      return;
    }
    code = new ErasureCode(scheme, kernel.equals("java") ? new SwarKernel() : new IsalKernel());
    int present = (1 << scheme.fragmentCount()) - 1 & ~0b101;
    call =
        switch (words[0]) {
          case "encode" -> () -> code.encode(data, parities);
          case "decode" -> () -> code.reconstruct(stripe, present, 0b101);
          default -> () -> code.update(3, 1, data[0], data[3], parities[1]);
        };
  }

  private void copy() {
    for (int i = 0; i < spare.length; i++) {
      spare[i].put(0, data[i], 0, fragmentBytes);
    }
  }

  private ByteBuffer[] buffers(int count) {
    Random random = new Random(count);
    byte[] bytes = new byte[fragmentBytes];
    ByteBuffer[] buffers = new ByteBuffer[count];
    for (int i = 0; i < count; i++) {
      random.nextBytes(bytes);
      buffers[i] = ByteBuffer.allocateDirect(fragmentBytes + 64).alignedSlice(64);
      buffers[i].limit(fragmentBytes).put(0, bytes);
    }
    return buffers;
  }

  /** One job on one stripe's fragments. */
  @Benchmark
  public void run(Used used) {
    call.run();
    used.dataBytes += dataBytes;
  }
}
