/** One node is brought to another release, and looked at whether it serves. */
package io.aerie.upgrade.apply.exchange;
