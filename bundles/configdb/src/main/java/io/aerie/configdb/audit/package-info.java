/**
 * The audit log in files of this node: a chain of hashes, synced, rotated. See docs/security.md.
 */
package io.aerie.configdb.audit;
