package io.aerie.upgrade;

/**
 * A bundle in a package.
 *
 * @param symbolicName its {@code Bundle-SymbolicName}
 * @param version its {@code Bundle-Version}, in OSGi's notation
 * @param exchange how a node takes it
 * @param drained whether the node's volumes have to be owned by other nodes while it is exchanged
 */
public record PackagedBundle(
    String symbolicName, String version, Exchange exchange, boolean drained) {

  /** How a node takes a new version of a bundle. */
  public enum Exchange {
    /** The bundle exports nothing: it is swapped while all others run. */
    SWAP("swap"),
    /** Others import from it: the node restarts. */
    RESTART("restart");

    private final String text;

    Exchange(String text) {
      this.text = text;
    }

    /** As manifests write it. */
    public String text() {
      return text;
    }
  }
}
