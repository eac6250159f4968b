package io.aerie.engine.code;

/**
 * Multiplies matrices with data: the only part of the codes whose speed matters, so it has several
 * implementations. All give the same bytes for the same matrix.
 *
 * <p>A kernel and what it made belong to one thread: they share working memory.
 */
public interface GaloisKernel {
  /** What it is called in logs and tables. */
  String name();

  /**
   * Precomputes what depends on the matrix only; may allocate.
   *
   * @param matrix at most 8 rows and 8 columns
   */
  GaloisProduct prepare(GaloisMatrix matrix);
}
