package io.aerie.history;

import java.util.List;

/** Clients of one kind, whose operations are recorded and judged when all have ended. */
interface History {
  /** One word. */
  String name();

  /** Makes what the clients need; answers them, not started. */
  List<Worker> prepare(Progress progress) throws Exception;

  /** After all clients have ended. */
  Verdict judge() throws Exception;
}
