/**
 * RCD's state machine: which nodes, disks, pools, groups, volumes and attachments there are, who
 * owns what under which epoch, and which members are in sync. Pure: no clock, no randomness, no
 * I/O; equal commands in equal order give equal states on every replica.
 */
package io.aerie.engine.rcd;
