package io.aerie.rest;

/** {@code etc/io.aerie.rest.cfg}. */
@interface RestConfiguration {
  /** {@code connections.max}: connections at a time. */
  int connections_max() default 4_096;

  /** {@code connections.per.address.max}: of them from one address. */
  int connections_per_address_max() default 1_024;

  /** {@code requests.per.address.max}: requests of one address that are served at a time. */
  int requests_per_address_max() default 64;
}
