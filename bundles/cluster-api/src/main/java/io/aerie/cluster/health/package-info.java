/** What is wrong with this node and doesn't pass by itself. */
package io.aerie.cluster.health;
