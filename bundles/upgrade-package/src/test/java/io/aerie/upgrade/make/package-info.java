/** Packages made from small distributions, and what is refused of them. */
package io.aerie.upgrade.make;
