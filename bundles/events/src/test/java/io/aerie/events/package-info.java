/** The hub over sources that tests lead by hand. */
package io.aerie.events;
