package io.aerie.config;

/**
 * A document as it is at a revision.
 *
 * @param path segments of {@code [A-Za-z0-9._-]}, joined by slashes, at most 512 characters: {@code
 *     pools/default}
 * @param type the kind of document, chosen by the subsystem that owns the path: {@code pool}
 * @param json the document, a JSON object (RFC 8259), at most 256 KiB
 * @param createRevision the global revision at which it was made
 * @param revision the global revision of its last change
 */
public record Document(String path, String type, String json, long createRevision, long revision) {}
