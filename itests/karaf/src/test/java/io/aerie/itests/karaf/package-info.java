/**
 * The bundles in the real distribution, inside the container (Pax Exam): what unit tests of classes
 * can't see, namely wiring, life cycle and what an update in the field drags along.
 */
package io.aerie.itests.karaf;
