/** Reading and writing volumes, for the exports (NBD, iSCSI) on the same node. */
package io.aerie.storage.block;
