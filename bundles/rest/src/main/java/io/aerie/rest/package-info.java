/**
 * REST over TLS: a server of its own (Jetty, Jersey) on the node's endpoint, so that it listens
 * nowhere else and lives and dies with this bundle. See docs/rest.md.
 */
package io.aerie.rest;
