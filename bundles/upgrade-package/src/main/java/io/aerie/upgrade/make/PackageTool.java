package io.aerie.upgrade.make;

import io.aerie.base.AerieException;
import io.aerie.upgrade.PackageManifest;
import io.aerie.upgrade.PackageSignature;
import io.aerie.upgrade.PackagedBundle;
import io.aerie.upgrade.PackagedFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the launcher runs: makes a package, or checks one. */
public final class PackageTool {
  private PackageTool() {}

  /** {@code make BEFORE AFTER PRIVATE_KEY FILE}, or {@code check FILE BEFORE}. */
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  /** Gives the exit status: 0, 1 for a refusal, 2 for other arguments. */
  static int run(List<String> arguments, PrintStream out, PrintStream err) {
    try {
      if (arguments.size() == 5 && arguments.get(0).equals("make")) {
        show(make(arguments), out);
      } else if (arguments.size() == 3 && arguments.get(0).equals("check")) {
        show(PackageMaker.check(Path.of(arguments.get(1)), Path.of(arguments.get(2))), out);
      } else {
        err.println("usage: make BEFORE AFTER PRIVATE_KEY FILE | check FILE BEFORE");
        return 2;
      }
      return 0;
    } catch (AerieException e) {
      err.println(e.describe());
    } catch (IOException e) {
      err.println("io-error: " + e);
    }
    return 1;
  }

  private static PackageManifest make(List<String> arguments) throws IOException {
    return PackageMaker.make(
        Path.of(arguments.get(1)),
        Path.of(arguments.get(2)),
        PackageSignature.privateKey(Files.readString(Path.of(arguments.get(3)))),
        Path.of(arguments.get(4)));
  }

  private static void show(PackageManifest manifest, PrintStream out) {
    out.println("from " + manifest.fromVersions() + " to " + manifest.version());
    for (PackagedFile file : manifest.files()) {
      file.bundle().ifPresent(bundle -> out.println(line(bundle)));
    }
  }

  private static String line(PackagedBundle bundle) {
    return "%s %s %s%s"
        .formatted(
            bundle.symbolicName(),
            bundle.version(),
            bundle.exchange().text(),
            bundle.drained() ? ", drained" : "");
  }
}
