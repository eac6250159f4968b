/**
 * Volumes as logical units of iSCSI targets: the component that ties the server to the node's
 * identity, to storage and to the administrator's wishes.
 */
package io.aerie.iscsi;
