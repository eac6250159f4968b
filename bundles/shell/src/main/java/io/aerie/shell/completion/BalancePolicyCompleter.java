package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import io.aerie.storage.admin.BalancePolicy;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** When pools are rebalanced. */
@Service
public final class BalancePolicyCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return Arrays.stream(BalancePolicy.values()).map(BalancePolicy::toString);
  }
}
