/**
 * Volumes as NBD exports: the component that ties the server to the node's identity, to storage and
 * to the administrator's wish.
 */
package io.aerie.nbd;
