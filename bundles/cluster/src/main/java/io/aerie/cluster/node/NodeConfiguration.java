package io.aerie.cluster.node;

/**
 * Configuration {@code io.aerie.node}, as it is written; {@link NodeSettings} validates it whole.
 * Ports are texts here so that a bad one is told by its key instead of by a conversion's error.
 */
@SuppressWarnings("checkstyle:MethodName") // an underscore stands for a dot in the key
@interface NodeConfiguration {
  /** The node's name, for good: it is in its certificate. */
  String node() default "n1";

  /** The address or host name under which other nodes and clients reach this one. */
  String host() default "127.0.0.1";

  /** The folder for all data; empty stands for {@code aerie} in Karaf's data folder. */
  String data() default "";

  /** While the node is no member: {@code found} a cluster, {@code join} one, or {@code wait}. */
  String mode() default "wait";

  /** The join token, for mode join. */
  String token() default "";

  /** For mode found, when the other nodes have their tokens already: what came with these. */
  String invitation() default "";

  /** The name of a cluster that is founded. */
  String cluster_name() default "aerie";

  String port_cluster() default "9701";

  String port_log() default "9702";

  String port_data() default "9703";

  String port_rest() default "8443";

  String port_ssh() default "8101";

  String port_nbd() default "10809";

  String port_iscsi() default "3260";
}
