package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.LayerUnits;
import io.aerie.engine.protocol.Message.LayerView;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.UnitContent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the units of a place, a block or a stripe, read as when they are seen from one of a volume's
 * layers, without their data; or which of them are not what another layer of the volume shows.
 *
 * <pre>
 *  what layers have: copies:    one member in sync knows it of all units
 *                    fragments: each member knows it of its own; of a fragment whose member is away
 *                               it is taken from the rest of its row of units
 *  -> seen in a layer, nowhere, or in a clone's origin: then its owner is asked
 * </pre>
 *
 * <p>Frozen layers never change, so what two of them show in the same layer is the same. What may
 * be data is said to be; zero, and the same, only what is.
 */
final class UnitMap {
  /** What came of it. */
  interface Outcome {
    /**
     * Told once. Never when the volume is let go.
     *
     * @param units numbers of {@link UnitContent}; null unless the status is DONE
     */
    void done(Status status, byte[] units);
  }

  /** Where units are seen that are in none of the volume's own layers. */
  private static final long ORIGIN = -1;

  private static final long NOWHERE = 0;

  private final NodeContext context;
  private final OwnedVolume volume;
  private final GroupStream stream;
  private final BlockKey top;
  private final LayerChain chain;
  private final Optional<LayerChain> former;
  private final List<Long> layers;
  private final int dataCount;
  private final Outcome outcome;

  /** By fragment; copies are one. */
  private final TreeMap<Integer, List<LayerUnits>> told = new TreeMap<>();

  private int open;

  /**
   * @param top the place in the layer that it is seen from
   * @param since number of the layer that it is compared with; 0: with none
   */
  UnitMap(NodeContext context, OwnedVolume volume, BlockKey top, long since, Outcome outcome) {
    this.context = context;
    this.volume = volume;
    this.top = top;
    this.outcome = outcome;
    stream = volume.streamOf(top.index());
    VolumeRecord record = volume.record();
    dataCount = record.redundancy().dataCount();
    chain = LayerChain.of(record, top.layer(), top.index());
    former = since == 0 ? Optional.empty() : Optional.of(LayerChain.of(record, since, top.index()));
    Set<Long> both = new LinkedHashSet<>();
    chain.views().forEach(view -> both.add(view.layer()));
    former.ifPresent(other -> other.views().forEach(view -> both.add(view.layer())));
    layers = List.copyOf(both);
  }

  void start() {
    UnitsQuestion question = new UnitsQuestion(context, stream, layers, top.index());
    if (!volume.record().redundancy().striped() || stream.state() == GroupStream.State.EMPTY) {
      question.ask(
          answer -> {
            for (int i = 0; i < dataCount && answer.isPresent(); i++) {
              told.put(i, answer.get());
            }
            allTold();
          });
      return;
    }
    open = 1;
    for (Replica replica : stream.acknowledging()) {
      int fragment = volume.fragmentOf(replica.target.disk(), top);
      open++;
      question.ask(
          replica,
          answer -> {
            answer.ifPresent(units -> told.put(fragment, units));
            closed();
          });
    }
    closed();
  }

  private void closed() {
    if (--open == 0) {
      allTold();
    }
  }

  private void allTold() {
    if (volume.stopped()) {
      return;
    }
    boolean away = told.headMap(dataCount).size() < dataCount;
    // In the lowest layer a row of units may be there at one data fragment and the parities.
    boolean parity = !told.tailMap(dataCount).isEmpty();
    if (away && !parity) {
      outcome.done(Status.REFUSED, null);
      return;
    }
    if (away) {
      List<LayerUnits> rows = ofRows();
      for (int i = 0; i < dataCount; i++) {
        told.putIfAbsent(i, rows);
      }
    }
    map();
  }

  /** What anybody has of a row of units, taken for data. */
  private List<LayerUnits> ofRows() {
    List<LayerUnits> rows = new ArrayList<>();
    for (int layer = 0; layer < layers.size(); layer++) {
      long held = 0;
      for (List<LayerUnits> units : told.values()) {
        held |= units.get(layer).held();
      }
      rows.add(new LayerUnits(held, held));
    }
    return rows;
  }

  private void map() {
    byte[] units = new byte[volume.record().redundancy().spanPages() / Geometry.PAGES_PER_UNIT];
    boolean below = false;
    for (int unit = 0; unit < units.length; unit++) {
      long seen = seen(chain, unit);
      below |= former.isEmpty() && seen == ORIGIN;
      units[unit] = (isSame(seen, unit) ? UnitContent.SAME : content(seen, unit)).number();
    }
    if (below) {
      askOrigin(units);
    } else {
      outcome.done(Status.DONE, units);
    }
  }

  /** Whether the unit is what it is in the other layer: seen in the same one, or zero in both. */
  private boolean isSame(long seen, int unit) {
    if (former.isEmpty()) {
      return false;
    }
    long other = seen(former.get(), unit);
    return seen == other
        || (content(seen, unit) == UnitContent.ZERO && content(other, unit) == UnitContent.ZERO);
  }

  /**
   * The number of the layer in which a unit is seen. One that is seen in part is in a layer that
   * has nothing in the rest of it: where a volume is cut the unit is copied up.
   */
  private long seen(LayerChain through, int unit) {
    int firstPage = unit * Geometry.PAGES_PER_UNIT;
    for (LayerView view : through.views()) {
      if (firstPage >= view.endPage()) {
        return NOWHERE;
      }
      if (isIn(unitsOf(view.layer(), unit).held(), unit)) {
        return view.layer();
      }
    }
    return firstPage < through.originEndPage() ? ORIGIN : NOWHERE;
  }

  private UnitContent content(long seen, int unit) {
    if (seen == ORIGIN) {
      return UnitContent.DATA;
    }
    boolean present = seen != NOWHERE && isIn(unitsOf(seen, unit).present(), unit);
    return present ? UnitContent.DATA : UnitContent.ZERO;
  }

  /** Of the fragment that has the unit. */
  private LayerUnits unitsOf(long layer, int unit) {
    return told.get(unit % dataCount).get(layers.indexOf(layer));
  }

  /** Units go round the data fragments. */
  private boolean isIn(long rows, int unit) {
    return (rows & 1L << (unit / dataCount)) != 0;
  }

  private void askOrigin(byte[] units) {
    Optional<Origin> found = Origin.of(context.rcd(), volume.record());
    if (found.isEmpty()) {
      outcome.done(Status.REFUSED, null);
      return;
    }
    SnapshotRecord origin = found.get().snapshot();
    // The volume that it was made of may have another protection, and so other places.
    long unitsOfPlace = unitsOfPlace(origin);
    long firstUnit = (long) top.index() * units.length;
    long first = firstUnit / unitsOfPlace;
    long last = (firstUnit + units.length - 1) / unitsOfPlace;
    int skip = (int) (firstUnit - first * unitsOfPlace);
    context.ask(
        found.get().owner(),
        Timing.ANSWER,
        request ->
            new Message.ExtentsRequest(
                request,
                origin.volume(),
                origin.number(),
                0,
                (int) first,
                (int) (last - first + 1)),
        (answer, failure) -> {
          if (volume.stopped()) {
            return;
          }
          if (answer instanceof Message.ExtentsAnswer of
              && of.status() == Status.DONE
              && of.units().remaining() == (last - first + 1) * unitsOfPlace) {
            for (int unit = 0; unit < units.length; unit++) {
              if (seen(chain, unit) == ORIGIN) {
                units[unit] = of.units().get(of.units().position() + skip + unit);
              }
            }
            outcome.done(Status.DONE, units);
          } else {
            outcome.done(Status.REFUSED, null);
          }
        });
  }

  private long unitsOfPlace(SnapshotRecord origin) {
    return context
            .rcd()
            .volume(origin.volume())
            .map(VolumeRecord::redundancy)
            .orElse(volume.record().redundancy())
            .spanPages()
        / Geometry.PAGES_PER_UNIT;
  }
}
