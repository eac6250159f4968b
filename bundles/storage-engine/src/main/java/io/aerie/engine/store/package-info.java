/**
 * What a member keeps on one disk: per stream a prefix of the owner's history, and the blocks that
 * it settled. The contract between the protocol above and the disk engine below.
 */
package io.aerie.engine.store;
