import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * What a disk does that rots: one bit of a page is another, its checksum is as before.
 *
 * <p>{@code java FlipPages.java DISK CONTENT PAGE...}: looks on the disk's slots for pages 0, 1, ... of the file CONTENT, by
 * their content, which must be unique, and flips a bit of each that is named. Fails, and changes nothing, when one of them is not there: then
 * it is still in the log only. The disk must not be in use. Places are those of docs/on-disk-format.md.
 */
public final class FlipPages {
  private static final int PAGE_BYTES = 4096;
  private static final int SLOT_OFFSET_AT = 120;

  private FlipPages() {}

  public static void main(String[] arguments) throws IOException {
    Path content = Path.of(arguments[1]);
    int[] pages = Arrays.stream(arguments).skip(2).mapToInt(Integer::parseInt).toArray();
    try (FileChannel disk =
            FileChannel.open(
                Path.of(arguments[0]), StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileChannel source = FileChannel.open(content, StandardOpenOption.READ)) {
      long[] places = new long[pages.length];
      for (int i = 0; i < pages.length; i++) {
        places[i] = find(disk, read(source, (long) pages[i] * PAGE_BYTES));
        if (places[i] < 0) {
          System.err.println("page " + pages[i] + " is not in a slot of " + arguments[0]);
          System.exit(1);
        }
      }
      for (int i = 0; i < pages.length; i++) {
        flip(disk, places[i] + 1000);
        System.out.println("page " + pages[i] + " is damaged at " + places[i]);
      }
      disk.force(true);
    }
  }

  private static long find(FileChannel disk, ByteBuffer page) throws IOException {
    long slots = read(disk, 0).getLong(SLOT_OFFSET_AT);
    for (long at = slots; at + PAGE_BYTES <= disk.size(); at += PAGE_BYTES) {
      if (read(disk, at).equals(page)) {
        return at;
      }
    }
    return -1;
  }

  private static void flip(FileChannel disk, long at) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    disk.read(one, at);
    one.put(0, (byte) (one.get(0) ^ 4)).flip();
    disk.write(one, at);
  }

  private static ByteBuffer read(FileChannel from, long at) throws IOException {
    ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
    while (page.hasRemaining()) {
      if (from.read(page, at + page.position()) < 0) {
        throw new EOFException("nothing is at " + at);
      }
    }
    return page.flip();
  }
}
