package io.aerie.upgrade.apply.exchange;

import io.aerie.upgrade.apply.node.WantedBundle;
import java.util.List;
import java.util.Map;

/** What runs on this node, and how it gets something else to run. */
public interface NodeBundles {
  /** Which of these don't run in that version, in the order in which they are exchanged. */
  List<WantedBundle> differences(Map<String, WantedBundle> wanted);

  /** Whether it runs in any version: what does not can't be swapped. */
  boolean isInstalled(WantedBundle wanted);

  /** Exchanges a bundle while all others run; INTERNAL if that fails. */
  void swap(WantedBundle wanted);

  /** What is wrong with those that run, a sentence each, without a full stop. */
  List<String> faults(Map<String, WantedBundle> wanted);

  /** Ends the process in order, for whoever starts it again; returns at once. */
  void restart();
}
