/** Completes arguments from what there is now. */
package io.aerie.shell.completion;
