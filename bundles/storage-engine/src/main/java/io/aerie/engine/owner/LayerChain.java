package io.aerie.engine.owner;

import io.aerie.engine.protocol.Message.LayerView;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.rcd.VolumeRecord.Layer;
import io.aerie.engine.store.Geometry;
import java.util.ArrayList;
import java.util.List;

/**
 * The layers through which a block's place, or a stripe's, is seen.
 *
 * @param views from the top down; pages are the volume's, from the beginning of the place
 * @param originEndPage where the pages end that are seen in the origin; 0 when none are
 */
record LayerChain(List<LayerView> views, int originEndPage) {
  /** From one of a volume's layers down. */
  static LayerChain of(VolumeRecord volume, long top, int index) {
    List<LayerView> views = new ArrayList<>();
    int endPage = volume.redundancy().spanPages();
    for (Layer layer : volume.chain(top)) {
      views.add(new LayerView(layer.number(), endPage));
      endPage = Math.min(endPage, pagesWithin(volume, layer.belowBytes(), index));
    }
    return new LayerChain(views, volume.origin() == 0 ? 0 : endPage);
  }

  /** How many pages of a place lie before a byte of the volume. */
  static int pagesWithin(VolumeRecord volume, long bytes, int index) {
    long span = volume.redundancy().spanPages();
    long pages = bytes / Geometry.PAGE_BYTES - index * span;
    return (int) Math.max(0, Math.min(pages, span));
  }

  /** Whether there is more than one layer to be seen. */
  boolean layered() {
    return views.size() > 1 || originEndPage > 0;
  }

  /** The same for a data fragment of a stripe, whose pages are rows. */
  List<LayerView> ofFragment(StripeMap map, int fragment) {
    return views.stream()
        .map(view -> new LayerView(view.layer(), map.endRow(fragment, view.endPage())))
        .toList();
  }
}
