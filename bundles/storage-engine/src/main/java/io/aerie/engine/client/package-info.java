/** A client's session with a volume: keeps operations until the present owner has answered them. */
package io.aerie.engine.client;
