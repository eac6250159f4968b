package io.aerie.engine.code;

/** The codes of one thread, each made when first asked for; all by one kernel. */
public final class ErasureCodes {
  private static final int SIDE = ErasureScheme.COUNT_MAX + 1;

  private final GaloisKernel kernel;
  private final ErasureCode[] codes = new ErasureCode[SIDE * SIDE];

  /**
   * Starts with none.
   *
   * @param kernel of the same thread
   */
  public ErasureCodes(GaloisKernel kernel) {
    this.kernel = kernel;
  }

  /** The code of a scheme. */
  public ErasureCode of(ErasureScheme scheme) {
    int place = scheme.dataCount() * SIDE + scheme.parityCount();
    if (codes[place] == null) {
      codes[place] = new ErasureCode(scheme, kernel);
    }
    return codes[place];
  }
}
