/**
 * Events: what happened to the cluster's objects. Subsystems tell what they own as an {@link
 * io.aerie.event.EventSource}; everybody else subscribes to {@link io.aerie.event.Events}, and sees
 * the same on any node wherever the change was made. See docs/events.md.
 */
package io.aerie.event;
