/**
 * Fixtures for tests of anything that runs on a cluster: several nodes in one JVM on loopback, with
 * real keys and certificates. Published as this module's test-jar; users add {@code bcpkix-jdk18on}
 * in test scope.
 */
package io.aerie.cluster.testing;
