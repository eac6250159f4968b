package io.aerie.upgrade;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a package says of itself; the JAR manifest of its archive, so that Karaf reads of it what
 * concerns Karaf: that its features are not started by whoever drops it in.
 *
 * @param version what a node has when it took the package
 * @param fromVersions what a node may have before, exactly
 * @param features the names of all our features in the new version
 * @param files all other files of the archive, but the signature; ordered by path
 */
public record PackageManifest(
    ProductVersion version,
    Set<ProductVersion> fromVersions,
    Set<String> features,
    List<PackagedFile> files) {

  /** Where files lie in the archive, as Karaf's archives have them. */
  public static final String REPOSITORY = "repository/";

  private static final String FORMAT = "1";
  private static final Attributes.Name FORMAT_NAME = new Attributes.Name("Aerie-Package-Format");
  private static final Attributes.Name VERSION = new Attributes.Name("Aerie-Version");
  private static final Attributes.Name FROM = new Attributes.Name("Aerie-Upgrades-From");
  private static final Attributes.Name FEATURES = new Attributes.Name("Aerie-Features");
  private static final Attributes.Name START = new Attributes.Name("Karaf-Feature-Start");
  private static final Attributes.Name SHA_256 = new Attributes.Name("SHA-256-Digest");
  private static final Attributes.Name SIZE_BYTES = new Attributes.Name("Aerie-Size-Bytes");
  private static final Attributes.Name SYMBOLIC_NAME = new Attributes.Name("Bundle-SymbolicName");
  private static final Attributes.Name BUNDLE_VERSION = new Attributes.Name("Bundle-Version");
  private static final Attributes.Name EXCHANGE = new Attributes.Name("Aerie-Exchange");

  /** The attribute by which a bundle says that volumes are drained while it is exchanged. */
  public static final Attributes.Name DRAIN = new Attributes.Name("Aerie-Drain");

  /** Segments of letters, digits and a few signs; none is {@code .} or {@code ..}. */
  private static final Pattern PATH =
      Pattern.compile("repository(/(?!\\.\\.?(/|$))[A-Za-z0-9._+-]+)+");

  public PackageManifest {
    fromVersions = Set.copyOf(fromVersions);
    features = Set.copyOf(features);
    files = files.stream().sorted(Comparator.comparing(PackagedFile::path)).toList();
  }

  /** Whether a file may lie at this path of an archive: below the repository, and nowhere else. */
  public static boolean isPath(String path) {
    return PATH.matcher(path).matches();
  }

  /** The manifest as a file; the same content gives the same bytes. */
  public byte[] toBytes() {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(START, "false");
    main.put(FORMAT_NAME, FORMAT);
    main.put(VERSION, version.toString());
    main.put(FROM, joined(fromVersions));
    main.put(FEATURES, joined(features));
    files.forEach(file -> manifest.getEntries().put(file.path(), attributes(file)));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      manifest.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static String joined(Collection<?> values) {
    return values.stream().map(Object::toString).sorted().collect(Collectors.joining(","));
  }

  private static Attributes attributes(PackagedFile file) {
    Attributes attributes = new Attributes();
    byte[] digest = HexFormat.of().parseHex(file.sha256());
    attributes.put(SHA_256, Base64.getEncoder().encodeToString(digest));
    attributes.put(SIZE_BYTES, Long.toString(file.sizeBytes()));
    file.bundle()
        .ifPresent(
            bundle -> {
              attributes.put(SYMBOLIC_NAME, bundle.symbolicName());
              attributes.put(BUNDLE_VERSION, bundle.version());
              attributes.put(EXCHANGE, bundle.exchange().text());
              attributes.put(DRAIN, Boolean.toString(bundle.drained()));
            });
    return attributes;
  }

  /**
   * Reads what {@link #toBytes} wrote. A manifest of another format is refused with {@code
   * unsupported-format}, one that is no manifest of a package with {@code package-damaged}.
   */
  public static PackageManifest parse(byte[] bytes) {
    try {
      Manifest manifest = new Manifest(new ByteArrayInputStream(bytes));
      Attributes main = manifest.getMainAttributes();
      String format = needed(main, FORMAT_NAME);
      if (!format.equals(FORMAT)) {
        throw new AerieException(
            ErrorCode.UNSUPPORTED_FORMAT,
            "The upgrade package has format " + format + ", this node reads " + FORMAT,
            "",
            "Upgrade to a version in between first.");
      }
      List<PackagedFile> files = new ArrayList<>();
      for (Map.Entry<String, Attributes> entry : manifest.getEntries().entrySet()) {
        files.add(file(entry.getKey(), entry.getValue()));
      }
      return new PackageManifest(
          ProductVersion.parse(needed(main, VERSION)),
          list(needed(main, FROM)).stream().map(ProductVersion::parse).collect(Collectors.toSet()),
          list(needed(main, FEATURES)),
          files);
    } catch (IOException | IllegalArgumentException e) {
      throw new AerieException(
          ErrorCode.PACKAGE_DAMAGED,
          "The manifest of the upgrade package can't be read",
          String.valueOf(e.getMessage()),
          "",
          e);
    }
  }

  private static Set<String> list(String text) {
    Set<String> values = new TreeSet<>(Arrays.asList(text.split(",")));
    values.remove("");
    return values;
  }

  private static PackagedFile file(String path, Attributes attributes) {
    byte[] digest = Base64.getDecoder().decode(needed(attributes, SHA_256));
    if (!isPath(path)) {
      throw new IllegalArgumentException("a file at '" + path + "'");
    }
    Optional<PackagedBundle> bundle =
        Optional.ofNullable(attributes.getValue(SYMBOLIC_NAME))
            .map(
                name ->
                    new PackagedBundle(
                        name,
                        needed(attributes, BUNDLE_VERSION),
                        exchange(needed(attributes, EXCHANGE)),
                        needed(attributes, DRAIN).equals("true")));
    return new PackagedFile(
        path,
        Long.parseLong(needed(attributes, SIZE_BYTES)),
        HexFormat.of().formatHex(digest),
        bundle);
  }

  private static PackagedBundle.Exchange exchange(String text) {
    return Arrays.stream(PackagedBundle.Exchange.values())
        .filter(exchange -> exchange.text().equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is no kind of exchange"));
  }

  private static String needed(Attributes attributes, Attributes.Name name) {
    String value = attributes.getValue(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }
}
