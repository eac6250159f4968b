/**
 * Block devices of SCSI (SPC-4, SBC-3) over volumes: what a command says, whether it can be done,
 * and doing it. Knows nothing of the transport.
 */
package io.aerie.iscsi.scsi;
