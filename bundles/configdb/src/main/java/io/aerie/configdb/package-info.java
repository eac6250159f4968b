/**
 * ConfigDB on this node: opens its replicated log by the configured provider and publishes the
 * services {@code ConfigStore} and {@code UserDirectory} while it is open.
 */
package io.aerie.configdb;
