package io.aerie.config.transfer;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Moves ConfigDB from its replicated log to one of another provider, while all goes on. */
public interface ConfigLogMove {
  /** What logs can be on. */
  List<String> PROVIDERS = List.of("atomix", "ratis");

  /**
   * Makes a log of that provider on all nodes, seals the present one, puts the sealed state into
   * the new one and has all nodes use it. Changes wait from the seal until this node uses the new
   * log. Fails with INVALID_VALUE (no such provider), CONFLICT (ConfigDB is there already, is being
   * restored, or moves already), UNAVAILABLE (a member doesn't answer or can't take part: nothing
   * was moved), TIMED_OUT (it may have been moved).
   *
   * @param progress told after each step, from any thread
   */
  CompletableFuture<Outcome> move(Wish wish, Consumer<Step> progress);

  /**
   * What is wanted.
   *
   * @param provider {@code atomix} or {@code ratis}
   * @param dryRun judge, change nothing
   */
  record Wish(String provider, boolean dryRun) {}

  /** The steps, in order. */
  enum Step {
    /** All nodes can take part. */
    CHECKED,
    /** The move is in the log: all nodes make the new log ready. */
    BEGUN,
    /** The new log has all members. */
    PREPARED,
    /** The old log takes no more changes: the move can't be undone, and ends without this node. */
    SEALED,
    /** The new log takes changes, this node uses it. */
    SWITCHED,
    /** All nodes use the new log, and the data of the old one is removed. */
    CONFIRMED
  }

  /**
   * What was done.
   *
   * @param from the former log, as {@code PROVIDER:NAME}
   * @param to the new log, likewise; of a dry run the provider alone
   * @param revision of ConfigDB afterwards
   * @param nodes that take part
   * @param waitingFor those that don't use the new log yet, or still have the old one's data: they
   *     follow by themselves
   */
  record Outcome(
      boolean dryRun,
      String from,
      String to,
      long revision,
      List<String> nodes,
      List<String> waitingFor) {
    public Outcome {
      nodes = List.copyOf(nodes);
      waitingFor = List.copyOf(waitingFor);
    }
  }
}
