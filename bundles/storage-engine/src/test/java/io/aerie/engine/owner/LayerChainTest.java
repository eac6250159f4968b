package io.aerie.engine.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message.LayerView;
import io.aerie.engine.rcd.Conversion;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeLimits;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.rcd.VolumeRecord.Layer;
import io.aerie.engine.store.Geometry;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How far layers are seen from above, in blocks and in stripes. */
class LayerChainTest {
  private static final long PAGE = Geometry.PAGE_BYTES;

  private static VolumeRecord volume(Redundancy redundancy, long origin, Layer... layers) {
    return new VolumeRecord(
        1,
        new UUID(1, 1),
        "v",
        1L << 30,
        1,
        redundancy,
        List.of(layers),
        origin,
        0,
        0,
        VolumeLimits.NONE,
        Conversion.NONE,
        Optional.empty(),
        0,
        1,
        1);
  }

  private static Layer layer(long number, long parent, long belowPages) {
    return new Layer(number, 5, parent, 1L << 30, belowPages * PAGE);
  }

  @Test
  void shouldSeeNoFurtherThanAnyLayerAbove() {
    VolumeRecord volume =
        volume(Redundancy.copies(3), 7, layer(1, 0, 1500), layer(2, 1, 1030), layer(3, 2, 9999));
    LayerChain first = LayerChain.of(volume, 3, 0);
    assertThat(first.views()).extracting(LayerView::layer).containsExactly(3L, 2L, 1L);
    assertThat(first.views()).extracting(LayerView::endPage).containsOnly(1024);
    assertThat(first.originEndPage()).isEqualTo(1024);
    LayerChain second = LayerChain.of(volume, 3, 1);
    assertThat(second.views()).extracting(LayerView::endPage).containsExactly(1024, 1024, 6);
    assertThat(second.originEndPage()).isEqualTo(6);
    assertThat(LayerChain.of(volume, 3, 2).originEndPage()).isZero();
    assertThat(LayerChain.of(volume, 2, 1).views())
        .extracting(LayerView::layer)
        .containsExactly(2L, 1L);
  }

  @Test
  void shouldEndWithinARowOfUnitsOfAStripe() {
    VolumeRecord volume =
        volume(Redundancy.erasure(2, 1), 0, layer(1, 0, 0), layer(2, 1, 2016 + 20));
    StripeMap map = new StripeMap(volume.redundancy().scheme());
    LayerChain chain = LayerChain.of(volume, 2, 1);
    assertThat(chain.views()).containsExactly(new LayerView(2, 2016), new LayerView(1, 20));
    assertThat(chain.originEndPage()).isZero();
    assertThat(chain.layered()).isTrue();
    assertThat(chain.ofFragment(map, 0))
        .containsExactly(new LayerView(2, 1008), new LayerView(1, 16));
    assertThat(chain.ofFragment(map, 1))
        .containsExactly(new LayerView(2, 1008), new LayerView(1, 4));
    assertThat(LayerChain.of(volume, 2, 2).ofFragment(map, 1).get(1).endPage()).isZero();
  }

  @Test
  void shouldNotLookForLayersWhereThereIsOne() {
    VolumeRecord volume = volume(Redundancy.erasure(2, 1), 0, layer(1, 0, 0));
    assertThat(LayerChain.of(volume, 1, 3).layered()).isFalse();
    VolumeRecord clone = volume(Redundancy.erasure(2, 1), 7, layer(1, 0, 100));
    assertThat(LayerChain.of(clone, 1, 0).layered()).isTrue();
    assertThat(LayerChain.of(clone, 1, 3).layered()).isFalse();
  }
}
