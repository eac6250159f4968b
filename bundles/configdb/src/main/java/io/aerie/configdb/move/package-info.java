/**
 * Which replicated log carries ConfigDB on this node, and how it moves from one to another while
 * the cluster runs. The old log's seal decides; see docs/cluster.md for each crash.
 */
package io.aerie.configdb.move;
