package io.aerie.upgrade.make;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** A small distribution with real jars, laid out as the assembly lays it out. */
public final class TestDistribution {
  private final Path folder;
  private final String version;
  private final Map<String, String> features = new LinkedHashMap<>();

  /** Begins one in a folder, of a version in Maven's notation, which pins a key. */
  public TestDistribution(Path folder, String version, KeyPair pinned) throws IOException {
    this.folder = folder;
    this.version = version;
    file("etc/aerie.version", version + " build-of-" + version + "\n");
    file("etc/upgrade-key.pem", pem("PUBLIC KEY", pinned.getPublic().getEncoded()));
    file("etc/org.apache.karaf.features.cfg", "# built at " + version + "\nboot=aerie/" + version);
    file("bin/aerie-node", "#!/bin/bash\n");
    file("system/org/apache/karaf/core/4.4.10/core-4.4.10.jar", "the container");
    file("system/org/example/library/7.1/library-7.1.jar", "a library");
  }

  /** A new pair. */
  public static KeyPair keys() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String pem(String label, byte[] encoded) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
        + "\n-----END "
        + label
        + "-----\n";
  }

  Path folder() {
    return folder;
  }

  /** A file of any kind. */
  public TestDistribution file(String path, String content) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return this;
  }

  /** A bundle that exports nothing, in a feature of its own. */
  public TestDistribution bundle(String name, String code) throws IOException {
    return bundle(name, code, Map.of());
  }

  /** A bundle with these headers beside its name and version. */
  public TestDistribution bundle(String name, String code, Map<String, String> headers)
      throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Bundle-SymbolicName", "io.aerie." + name + ";singleton:=true");
    main.putValue("Bundle-Version", version.replace('-', '.'));
    headers.forEach(main::putValue);
    jar("io/aerie/" + name + "/" + version + "/" + name + "-" + version + ".jar", manifest, code);
    features.put(name, "<bundle>mvn:io.aerie/" + name + "/" + version + "</bundle>");
    return this;
  }

  /** A jar in the repository. */
  TestDistribution jar(String path, Manifest manifest, String code) throws IOException {
    Path jar = folder.resolve("system").resolve(path);
    Files.createDirectories(jar.getParent());
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out, manifest)) {
      entry(entries, "Code.class", code);
      entry(entries, "META-INF/maven/pom.properties", version);
    }
    return this;
  }

  private static void entry(JarOutputStream entries, String name, String content)
      throws IOException {
    entries.putNextEntry(new ZipEntry(name));
    entries.write(content.getBytes(StandardCharsets.UTF_8));
    entries.closeEntry();
  }

  /** Writes the features file: the distribution is whole now. */
  public Path whole() throws IOException {
    StringBuilder text = new StringBuilder("<features>\n");
    features.forEach(
        (name, bundle) ->
            text.append("<feature name=\"aerie-" + name + "\" version=\"" + version + "\">")
                .append(bundle)
                .append("</feature>\n"));
    file(
        "system/io/aerie/features-aerie/"
            + version
            + "/features-aerie-"
            + version
            + "-features.xml",
        text.append("</features>\n").toString());
    return folder;
  }
}
