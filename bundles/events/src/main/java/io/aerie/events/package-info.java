/**
 * The hub: merges what this node's sources tell, keeps a bounded history of it, and hands it to
 * bounded subscribers. See docs/events.md.
 */
package io.aerie.events;
