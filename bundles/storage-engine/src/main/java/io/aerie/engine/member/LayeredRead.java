package io.aerie.engine.member;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.LayerView;
import io.aerie.engine.protocol.Message.LayersRequest;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.MemberStore;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads pages of one disk through layers: each from the first one whose unit is not absent. Where
 * that is may change while the disk is asked (a first write, a layer that is folded into the next):
 * then it is read again. Units leave the state absent once, so that ends.
 */
final class LayeredRead {
  private static final int NONE = -1;

  private final NodeContext context;
  private final MemberStore store;
  private final LayersRequest request;
  private final Completion<LayeredRead> done;
  private ByteBuffer pages;
  private int[] sources;
  private long below;
  private long absent;
  private int open;
  private Throwable failed;

  LayeredRead(
      NodeContext context, MemberStore store, LayersRequest request, Completion<LayeredRead> done) {
    this.context = context;
    this.store = store;
    this.request = request;
    this.done = done;
  }

  ByteBuffer pages() {
    return pages;
  }

  long below() {
    return below;
  }

  long absent() {
    return absent;
  }

  private BlockKey key(int layer) {
    return new BlockKey(request.layers().get(layer).layer(), request.index());
  }

  void start() {
    pages = ByteBuffer.allocate(request.pageCount() * Geometry.PAGE_BYTES);
    sources = look();
    failed = null;
    open = 1;
    int from = 0;
    for (int i = 1; i <= sources.length; i++) {
      if (i == sources.length || sources[i] != sources[from]) {
        if (sources[from] != NONE) {
          read(sources[from], from, i - from);
        }
        from = i;
      }
    }
    closed();
  }

  /** The layer of each page; notes what the top one and what all of them lack. */
  private int[] look() {
    below = 0;
    absent = 0;
    int[] found = new int[request.pageCount()];
    Arrays.fill(found, NONE);
    List<Optional<BlockVersion>> versions =
        request.layers().stream().map(view -> store.version(key(view))).toList();
    for (int i = 0; i < found.length; i++) {
      int page = request.firstPage() + i;
      int unit = page / Geometry.PAGES_PER_UNIT;
      int first = first(versions, unit);
      if (first != 0) {
        below |= 1L << unit;
      }
      if (first == NONE) {
        absent |= 1L << unit;
      } else if (page < request.layers().get(first).endPage()) {
        found[i] = first;
      }
    }
    return found;
  }

  private BlockKey key(LayerView view) {
    return new BlockKey(view.layer(), request.index());
  }

  private static int first(List<Optional<BlockVersion>> versions, int unit) {
    for (int layer = 0; layer < versions.size(); layer++) {
      Optional<BlockVersion> version = versions.get(layer);
      if (version.isPresent() && version.get().units().get(unit) != UnitState.ABSENT) {
        return layer;
      }
    }
    return NONE;
  }

  private void read(int layer, int from, int count) {
    open++;
    store.read(
        key(layer),
        request.firstPage() + from,
        count,
        context.whileAlive(
            (data, failure) -> {
              if (failure != null) {
                failed = failure;
              } else {
                pages.put(
                    from * Geometry.PAGE_BYTES, data, data.position(), count * Geometry.PAGE_BYTES);
              }
              closed();
            }));
  }

  private void closed() {
    if (--open > 0) {
      return;
    }
    if (failed != null) {
      done.accept(null, failed);
    } else if (Arrays.equals(sources, look())) {
      done.accept(this, null);
    } else {
      start();
    }
  }
}
