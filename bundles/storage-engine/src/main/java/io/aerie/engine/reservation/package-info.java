/**
 * Persistent reservations of a volume, SPC-4, section 5.13: a pure state machine over immutable
 * states. Nobody submits it to RCD yet, and no node looks at it (docs/iscsi.md, "Not yet").
 */
package io.aerie.engine.reservation;
