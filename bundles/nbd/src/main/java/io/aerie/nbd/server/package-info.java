/**
 * The NBD protocol (NetworkBlockDevice project, doc/proto.md) over Netty: fixed newstyle handshake,
 * then transmission with simple or structured replies. Section names in comments are those of that
 * document.
 */
package io.aerie.nbd.server;
