/** What lists and events show of storage, and the sums that they need, kept change by change. */
package io.aerie.ardfs.lists;
