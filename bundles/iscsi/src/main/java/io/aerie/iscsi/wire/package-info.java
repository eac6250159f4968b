/** Protocol data units of iSCSI (RFC 7143, chapter 11): taking them apart and putting together. */
package io.aerie.iscsi.wire;
