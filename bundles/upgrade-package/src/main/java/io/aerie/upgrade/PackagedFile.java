package io.aerie.upgrade;

import java.util.Optional;

/**
 * A file in a package.
 *
 * @param path where it lies in the archive, below {@code repository/}
 * @param sizeBytes its length
 * @param sha256 SHA-256 of its content, 64 hexadecimal digits in lower case
 * @param bundle what bundle it is, where it is one
 */
public record PackagedFile(
    String path, long sizeBytes, String sha256, Optional<PackagedBundle> bundle) {}
