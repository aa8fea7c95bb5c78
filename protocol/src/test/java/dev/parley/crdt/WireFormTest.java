package dev.parley.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import dev.parley.wire.AddWinsSetCodec;
import dev.parley.wire.CausalContextCodec;
import dev.parley.wire.OrderedSetCodec;
import dev.parley.wire.PnCounterCodec;
import dev.parley.wire.WireException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Values between nodes. */
@ExtendWith(SeedResolver.class)
class WireFormTest {
    private static final int RUNS = 500;

    @Test
    void a_value_is_the_same_after_the_wire(Seed seed) throws Exception {
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(seed.value() + run);
            AddWinsSet set = some(new Kind.AddWinsSets(), random);
            assertThat(AddWinsSetCodec.decode(AddWinsSetCodec.encode(set))).isEqualTo(set);
            OrderedSet list = some(new Kind.OrderedSets(), random);
            assertThat(OrderedSetCodec.decode(OrderedSetCodec.encode(list))).isEqualTo(list);
            PnCounter counter = some(new Kind.Counters(), random);
            assertThat(PnCounterCodec.decode(PnCounterCodec.encode(counter))).isEqualTo(counter);
            VersionVector versions = set.versions();
            assertThat(CausalContextCodec.decode(CausalContextCodec.encode(versions)))
                    .isEqualTo(versions);
        }
    }

    @Test
    void what_no_change_makes_is_refused() {
        dev.parley.wire.v1.AddWinsSet.Builder unknown = dev.parley.wire.v1.AddWinsSet.newBuilder();
        unknown.addEntriesBuilder()
                .setElement("x")
                .addDotsBuilder()
                .setReplica("p")
                .setNumber(1);
        dev.parley.wire.v1.AddWinsSet.Builder half = dev.parley.wire.v1.AddWinsSet.newBuilder();
        half.getContextBuilder().addReplicasBuilder().setReplica("p").addBounds(1);
        dev.parley.wire.v1.OrderedSet.Builder nameless = dev.parley.wire.v1.OrderedSet.newBuilder();
        nameless.getContextBuilder().addReplicasBuilder().addBounds(1).addBounds(2);
        dev.parley.wire.v1.PnCounter.Builder negative = dev.parley.wire.v1.PnCounter.newBuilder();
        negative.addRowsBuilder().setReplica("p").setAdded(-1);

        assertThatThrownBy(() -> AddWinsSetCodec.decode(unknown.build())).isInstanceOf(WireException.class);
        assertThatThrownBy(() -> AddWinsSetCodec.decode(half.build())).isInstanceOf(WireException.class);
        assertThatThrownBy(() -> OrderedSetCodec.decode(nameless.build())).isInstanceOf(WireException.class);
        assertThatThrownBy(() -> PnCounterCodec.decode(negative.build())).isInstanceOf(WireException.class);
    }

    private static <T> T some(Kind<T> kind, Random random) {
        Replicas<T> replicas = new Replicas<>(kind, random);
        replicas.run(random.nextInt(30));
        return replicas.any();
    }
}
