package io.aerie.face.alerts;

/**
 * Something that is wrong now.
 *
 * @param id code and subject: the same for as long as it lasts, on every node that sees it
 * @param name what is wrong, a sentence
 * @param code see {@link AlertCode}
 * @param severity critical or warning
 * @param kind of the subject: node, disk, pool, volume, scrub, quarantine, log or upgrade
 * @param subject id of the object that has it
 * @param remedy what to do
 */
public record Alert(
    String id,
    String name,
    String code,
    String severity,
    String kind,
    String subject,
    String remedy) {}
