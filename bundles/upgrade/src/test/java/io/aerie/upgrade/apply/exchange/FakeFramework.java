package io.aerie.upgrade.apply.exchange;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.upgrade.apply.node.Release;
import io.aerie.upgrade.apply.node.WantedBundle;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A framework that is a table of versions; what is swapped in can be made not to work. */
public final class FakeFramework implements NodeBundles {
  /** What runs: versions by symbolic name. */
  public final Map<String, String> running = new ConcurrentSkipListMap<>();

  /** What was swapped, in order. */
  public final List<String> swaps = new CopyOnWriteArrayList<>();

  /** Bundles of this version run and fail. */
  public volatile String brokenVersion = "";

  /** Bundles of this version can't be swapped in. */
  public volatile String refusedVersion = "";

  /** How often the node was to restart. */
  public final AtomicInteger restarts = new AtomicInteger();

  /** One permit for each of these. */
  public final Semaphore restarting = new Semaphore(0);

  @Override
  public List<WantedBundle> differences(Map<String, WantedBundle> wanted) {
    return wanted.values().stream()
        .filter(bundle -> !bundle.version().equals(running.get(bundle.symbolicName())))
        .toList();
  }

  @Override
  public boolean isInstalled(WantedBundle wanted) {
    return running.containsKey(wanted.symbolicName());
  }

  @Override
  public void swap(WantedBundle wanted) {
    if (wanted.version().equals(refusedVersion)) {
      throw new AerieException(ErrorCode.INTERNAL, "It does not resolve");
    }
    swaps.add(wanted.symbolicName() + " " + wanted.version());
    running.put(wanted.symbolicName(), wanted.version());
  }

  @Override
  public List<String> faults(Map<String, WantedBundle> wanted) {
    return running.containsValue(brokenVersion) ? List.of("A component failed") : List.of();
  }

  @Override
  public void restart() {
    restarts.incrementAndGet();
    restarting.release();
  }

  /** The node starts with a release. */
  public void start(Release release) {
    release.bundles().forEach((name, bundle) -> running.put(name, bundle.version()));
  }
}
