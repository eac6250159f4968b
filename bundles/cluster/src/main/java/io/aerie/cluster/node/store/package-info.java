/** How this room uses ConfigDB, which comes and goes. */
package io.aerie.cluster.node.store;
