package io.aerie.engine.node;

/** Learns what a node's owner must act on. Called on the node's loop. */
public interface NodeListener {
  /**
   * This incarnation is over: RCD suspects or expired it. The engine has stopped serving and failed
   * what was pending with FENCED. The environment closes the stores, and starts a new engine under
   * a new incarnation.
   */
  void incarnationOver(String why);
}
