/** How fast the erasure codes are; run by {@code ./aerie bench codes}. */
package io.aerie.bench.codes;
