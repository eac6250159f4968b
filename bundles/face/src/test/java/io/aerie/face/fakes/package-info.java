/**
 * Hand-written fakes of the contracts that faces use, in memory, one node, no faults unless said.
 */
package io.aerie.face.fakes;
