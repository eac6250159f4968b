package io.aerie.ardfs.code;

import io.aerie.engine.code.ErasureCode;
import io.aerie.engine.code.ErasureScheme;
import io.aerie.engine.code.GaloisKernel;
import io.aerie.engine.code.SwarKernel;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses how this machine computes its erasure codes. */
public final class GaloisKernels {
  private static final Logger LOG = LoggerFactory.getLogger(GaloisKernels.class);

  private GaloisKernels() {}

  /**
   * ISA-L if it is there and gives the bytes that plain Java gives, else plain Java. A kernel
   * belongs to one thread; each thread asks for its own.
   */
  public static GaloisKernel best() {
    GaloisKernel java = new SwarKernel();
    try {
      GaloisKernel isal = new IsalKernel();
      if (agree(java, isal)) {
        LOG.info("erasure codes by ISA-L");
        return isal;
      }
      LOG.error(
          "ISA-L on this machine makes wrong parities; plain Java is used. Remove or upgrade the"
              + " package libisal2");
    } catch (UnsatisfiedLinkError missing) {
      LOG.info("erasure codes by plain Java; libisal2 makes them faster: {}", missing.getMessage());
    }
    return java;
  }

  /** Whether both make the same parities of one stripe of 8+8, which uses all coefficients. */
  static boolean agree(GaloisKernel first, GaloisKernel second) {
    ErasureScheme scheme = new ErasureScheme(8, 8);
    ByteBuffer[] data = buffers();
    Random random = new Random(8);
    byte[] bytes = new byte[data[0].remaining()];
    for (ByteBuffer buffer : data) {
      random.nextBytes(bytes);
      buffer.put(0, bytes);
    }
    ByteBuffer[] parities = buffers();
    ByteBuffer[] others = buffers();
    new ErasureCode(scheme, first).encode(data, parities);
    new ErasureCode(scheme, second).encode(data, others);
    return Arrays.equals(parities, others);
  }

  private static ByteBuffer[] buffers() {
    ByteBuffer[] buffers = new ByteBuffer[8];
    Arrays.setAll(buffers, i -> ByteBuffer.allocate(4096 + ErasureCode.GRAIN_BYTES));
    return buffers;
  }
}
