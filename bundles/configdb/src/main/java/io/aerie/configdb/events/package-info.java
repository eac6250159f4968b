/** What happens to documents, users and tokens, told from ConfigDB's history. */
package io.aerie.configdb.events;
