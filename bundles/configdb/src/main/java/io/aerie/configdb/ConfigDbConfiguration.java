package io.aerie.configdb;

/** Configuration {@code io.aerie.configdb}. */
@interface ConfigDbConfiguration {
  /** The provider of ConfigDB's replicated log: {@code atomix} or {@code ratis}. */
  String provider() default "atomix";
}
