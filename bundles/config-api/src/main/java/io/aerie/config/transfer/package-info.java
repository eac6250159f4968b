/** ConfigDB as a file: out of one cluster, into another or the same. */
package io.aerie.config.transfer;
