package io.aerie.cluster.identity;

import io.aerie.base.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Exchanges the cluster's CA while the cluster runs. Each phase ends when all members have
 * confirmed it, so at no time one shows a certificate that another does not trust:
 *
 * <pre>
 *  TRUST  all trust the former and the new CA; certificates are the former's
 *  ISSUE  each takes a certificate, with a new key, from the new CA; all still trust both
 *  DROP   all trust the new CA only
 *  DONE
 * </pre>
 *
 * A member that is down holds up the phase until it is back: it then does what it missed.
 */
public interface AuthorityRotation {
  /** How far a rotation is. */
  enum Phase {
    TRUST,
    ISSUE,
    DROP,
    DONE
  }

  /** As this node's replica knows it, maybe a little behind. */
  State state();

  /**
   * Begins a rotation, or takes one further that is under way.
   *
   * @param hold true: stop when all trust the new CA, so that it can be given to clients first;
   *     call again without to go on
   * @param without members that are not waited for, because they never come back. They are outside
   *     for good: one that does must be emptied, and join under another name
   * @param dryRun judge only
   * @return fails with NOT_FOUND for an unknown member, CONFLICT for one to be left out that is up
   */
  CompletableFuture<State> rotate(boolean hold, Set<NodeId> without, boolean dryRun);

  /**
   * How things are.
   *
   * @param phase of the last rotation; DONE also when there never was one
   * @param hold whether it stops after TRUST
   * @param issuing the CA that issues certificates on this node
   * @param trusted all that this node trusts, the issuing one first
   * @param next the new CA while a rotation is under way
   * @param waitingFor members that haven't confirmed the phase
   * @param without members that are not waited for
   * @param revision of the rotation's document; 0 when there never was one
   */
  record State(
      Phase phase,
      boolean hold,
      CertificateFacts issuing,
      List<CertificateFacts> trusted,
      Optional<CertificateFacts> next,
      List<NodeId> waitingFor,
      List<NodeId> without,
      long revision) {}
}
