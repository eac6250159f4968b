/** The iSCSI protocol (RFC 7143) over Netty: login, sessions, tasks and their data. */
package io.aerie.iscsi.server;
