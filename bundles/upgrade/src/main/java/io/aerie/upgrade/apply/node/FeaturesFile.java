package io.aerie.upgrade.apply.node;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The features file of a release.
 *
 * @param text its XML
 */
record FeaturesFile(String text) {
  private static final Pattern FEATURE = Pattern.compile("<feature name=\"([A-Za-z0-9._-]+)\"");
  private static final Pattern BUNDLE =
      Pattern.compile("mvn:io\\.aerie/([A-Za-z0-9._-]+)/([A-Za-z0-9._-]+)(?=</bundle>)");

  /** The names of all features. */
  Set<String> features() {
    Set<String> names = new TreeSet<>();
    Matcher matcher = FEATURE.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  /** The versions of our bundles, in Maven's notation, by the names of their artifacts. */
  Map<String, String> versions() {
    Map<String, String> versions = new TreeMap<>();
    Matcher matcher = BUNDLE.matcher(text);
    while (matcher.find()) {
      versions.put(matcher.group(1), matcher.group(2));
    }
    return versions;
  }

  /**
   * The same with the versions that run of all bundles that a package did not bring: it names these
   * by the version that it was made from, and a node that came to that by a package has some under
   * an older one.
   *
   * @param former the versions that run, by artifact
   * @param brought the artifacts in the package
   */
  FeaturesFile keeping(Map<String, String> former, Set<String> brought) {
    return new FeaturesFile(
        BUNDLE
            .matcher(text)
            .replaceAll(
                bundle -> {
                  String artifact = bundle.group(1);
                  String version =
                      brought.contains(artifact)
                          ? bundle.group(2)
                          : former.getOrDefault(artifact, bundle.group(2));
                  return Matcher.quoteReplacement("mvn:io.aerie/" + artifact + "/" + version);
                }));
  }
}
