package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.store.BlockKey;

/** Reads pages of a place, a block or a stripe, as they are seen from one of a volume's layers. */
final class PlaceReader {
  private PlaceReader() {}

  static void read(
      NodeContext context,
      OwnedVolume volume,
      BlockKey top,
      int firstPage,
      int pageCount,
      PagesOutcome outcome) {
    if (volume.record().redundancy().striped()) {
      new StripeReader(context, volume, top, firstPage, pageCount, outcome).start();
    } else {
      new LayerReader(context, volume, top, firstPage, pageCount, outcome).start();
    }
  }
}
