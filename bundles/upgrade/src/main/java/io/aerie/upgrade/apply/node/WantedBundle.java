package io.aerie.upgrade.apply.node;

import java.nio.file.Path;

/**
 * A bundle of ours as a release has it.
 *
 * @param symbolicName its {@code Bundle-SymbolicName}
 * @param version its {@code Bundle-Version}, in OSGi's notation
 * @param file the jar
 */
public record WantedBundle(String symbolicName, String version, Path file) {}
