/** The messages between nodes of the storage protocol, and their form on the wire. */
package io.aerie.engine.protocol;
