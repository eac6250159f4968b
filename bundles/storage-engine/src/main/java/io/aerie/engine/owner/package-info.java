/** Orders the operations of the volumes that this node owns: write, read, takeover, return. */
package io.aerie.engine.owner;
