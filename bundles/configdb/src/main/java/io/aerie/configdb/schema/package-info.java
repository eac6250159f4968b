/** The schemas of documents: which there are, and whether a document matches. */
package io.aerie.configdb.schema;
