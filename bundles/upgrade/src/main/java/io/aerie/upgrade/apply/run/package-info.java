/** An upgrade of the cluster as a document, and the rule by which nodes act on it. */
package io.aerie.upgrade.apply.run;
