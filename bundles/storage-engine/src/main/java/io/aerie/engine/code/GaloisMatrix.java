package io.aerie.engine.code;

import java.util.Arrays;

/** A matrix over {@link GaloisField}; never changes. */
public final class GaloisMatrix {
  private final int rows;
  private final int columns;

  /** Row after row. */
  private final byte[] elements;

  private GaloisMatrix(int rows, int columns, byte[] elements) {
    this.rows = rows;
    this.columns = columns;
    this.elements = elements;
  }

  /** From rows of equal length, elements 0 to 255. */
  public static GaloisMatrix of(int[]... rows) {
    byte[] elements = new byte[rows.length * rows[0].length];
    int next = 0;
    for (int[] row : rows) {
      if (row.length != rows[0].length) {
        throw new IllegalArgumentException("rows differ in length");
      }
      for (int element : row) {
        if (element < 0 || element > 255) {
          throw new IllegalArgumentException("no element of the field: " + element);
        }
        elements[next++] = (byte) element;
      }
    }
    return new GaloisMatrix(rows.length, rows[0].length, elements);
  }

  /** Ones on the diagonal, zeroes elsewhere. */
  public static GaloisMatrix identity(int size) {
    byte[] elements = new byte[size * size];
    for (int i = 0; i < size; i++) {
      elements[i * size + i] = 1;
    }
    return new GaloisMatrix(size, size, elements);
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** The element, 0 to 255. */
  public int at(int row, int column) {
    return elements[row * columns + column] & 0xff;
  }

  /** All elements, row after row; a copy. */
  public byte[] toBytes() {
    return elements.clone();
  }

  /** The first rows and columns. */
  public GaloisMatrix corner(int rowCount, int columnCount) {
    byte[] part = new byte[rowCount * columnCount];
    for (int row = 0; row < rowCount; row++) {
      System.arraycopy(elements, row * columns, part, row * columnCount, columnCount);
    }
    return new GaloisMatrix(rowCount, columnCount, part);
  }

  /** This matrix, and the other's rows below. */
  public GaloisMatrix above(GaloisMatrix other) {
    if (columns != other.columns) {
      throw new IllegalArgumentException("columns differ: " + columns + ", " + other.columns);
    }
    byte[] both = Arrays.copyOf(elements, elements.length + other.elements.length);
    System.arraycopy(other.elements, 0, both, elements.length, other.elements.length);
    return new GaloisMatrix(rows + other.rows, columns, both);
  }

  /** The rows whose bit is set in the mask, in order. */
  public GaloisMatrix rowsOf(int mask) {
    byte[] chosen = new byte[Integer.bitCount(mask) * columns];
    int next = 0;
    for (int row = 0; row < rows; row++) {
      if ((mask & (1 << row)) != 0) {
        System.arraycopy(elements, row * columns, chosen, next, columns);
        next += columns;
      }
    }
    return new GaloisMatrix(next / columns, columns, chosen);
  }

  /** The product of matrices. */
  public GaloisMatrix times(GaloisMatrix right) {
    if (columns != right.rows) {
      throw new IllegalArgumentException(columns + " columns by " + right.rows + " rows");
    }
    byte[] product = new byte[rows * right.columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < right.columns; column++) {
        int sum = 0;
        for (int i = 0; i < columns; i++) {
          sum ^= GaloisField.multiply(at(row, i), right.at(i, column));
        }
        product[row * right.columns + column] = (byte) sum;
      }
    }
    return new GaloisMatrix(rows, right.columns, product);
  }

  /**
   * The matrix whose product with this one is the identity (Gauss and Jordan).
   *
   * @throws ArithmeticException if there is none
   */
  public GaloisMatrix inverse() {
    if (rows != columns) {
      throw new IllegalArgumentException(rows + " rows, " + columns + " columns");
    }
    byte[][] left = new byte[rows][];
    byte[][] right = new byte[rows][rows];
    for (int row = 0; row < rows; row++) {
      left[row] = Arrays.copyOfRange(elements, row * columns, (row + 1) * columns);
      right[row][row] = 1;
    }
    for (int pivot = 0; pivot < rows; pivot++) {
      int found = pivotRow(left, pivot);
      swap(left, found, pivot);
      swap(right, found, pivot);
      int factor = GaloisField.inverse(left[pivot][pivot] & 0xff);
      add(left[pivot], left[pivot], factor ^ 1);
      add(right[pivot], right[pivot], factor ^ 1);
      for (int row = 0; row < rows; row++) {
        int element = left[row][pivot] & 0xff;
        if (row != pivot && element != 0) {
          add(left[row], left[pivot], element);
          add(right[row], right[pivot], element);
        }
      }
    }
    byte[] inverse = new byte[rows * rows];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(right[row], 0, inverse, row * rows, rows);
    }
    return new GaloisMatrix(rows, rows, inverse);
  }

  private static int pivotRow(byte[][] matrix, int pivot) {
    for (int row = pivot; row < matrix.length; row++) {
      if (matrix[row][pivot] != 0) {
        return row;
      }
    }
    throw new ArithmeticException("the matrix is singular");
  }

  private static void swap(byte[][] matrix, int first, int second) {
    byte[] row = matrix[first];
    matrix[first] = matrix[second];
    matrix[second] = row;
  }

  /** Adds the factor's multiple of one row to another, which may be the same. */
  private static void add(byte[] to, byte[] row, int factor) {
    for (int i = 0; i < to.length; i++) {
      to[i] ^= (byte) GaloisField.multiply(factor, row[i] & 0xff);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GaloisMatrix matrix
        && rows == matrix.rows
        && Arrays.equals(elements, matrix.elements);
  }

  @Override
  public int hashCode() {
    return 31 * rows + Arrays.hashCode(elements);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        text.append(String.format("%02x ", at(row, column)));
      }
      text.append('\n');
    }
    return text.toString();
  }
}
