/**
 * What all resources share: who asks, what bodies may be, and how refusals look (RFC 9457). No
 * resource deals with any of it.
 */
package io.aerie.rest.http;
