/**
 * The resources below {@code /api/v1}: each translates requests to a contract and back, no more.
 */
package io.aerie.rest.resources;
