/** ConfigDB as a file: its format, its encryption, and what an import changes. */
package io.aerie.configdb.transfer;
