package dev.parley.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Position;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import dev.parley.wire.v1.Attribute;
import dev.parley.wire.v1.Submit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the model can say gets across the wire unchanged. */
@ExtendWith(SeedResolver.class)
class RoundTripTest {
    private static final int CASES = 5_000;

    @Test
    void entries(Seed seed) throws WireException {
        RandomModel model = new RandomModel(seed.random());
        for (int i = 0; i < CASES; i++) {
            Entry entry = model.entry();
            assertThat(EntryCodec.decode(EntryCodec.encode(entry))).isEqualTo(entry);
        }
    }

    @Test
    void submissions(Seed seed) throws WireException, InvalidProtocolBufferException {
        RandomModel model = new RandomModel(seed.random());
        for (int i = 0; i < CASES; i++) {
            Submission submission = model.submission();
            Submit wire = Submit.parseFrom(SubmissionCodec.encode(i, submission).toByteArray());
            assertThat(wire.getHandle()).isEqualTo(i);
            assertThat(SubmissionCodec.decode(wire)).isEqualTo(submission);
        }
    }

    @Test
    void blocks(Seed seed) throws WireException, InvalidProtocolBufferException {
        RandomModel model = new RandomModel(seed.random());
        for (int i = 0; i < CASES; i++) {
            Block block = model.block();
            byte[] bytes = BlockCodec.encode(block).toByteArray();
            assertThat(BlockCodec.decode(dev.parley.wire.v1.Block.parseFrom(bytes)))
                    .isEqualTo(block);
        }
    }

    @Test
    void summariesAuthorsAndPositions(Seed seed) throws WireException {
        RandomModel model = new RandomModel(seed.random());
        for (int i = 0; i < CASES; i++) {
            ConversationSummary summary = model.summary();
            Author author = model.author();
            Position position = model.position();
            assertThat(SummaryCodec.decode(SummaryCodec.encode(summary))).isEqualTo(summary);
            assertThat(AuthorCodec.decode(AuthorCodec.encode(author))).isEqualTo(author);
            assertThat(PositionCodec.decode(PositionCodec.encode(position))).isEqualTo(position);
        }
    }

    @ParameterizedTest
    @EnumSource(RejectCode.class)
    void rejectCodes(RejectCode code) throws WireException {
        assertThat(RejectCodeCodec.decode(RejectCodeCodec.encode(code))).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0x0102030405060708L})
    void eightBytes(long value) throws WireException {
        assertThat(Fixed64.encode(value).size()).isEqualTo(8);
        assertThat(Fixed64.decode(Fixed64.encode(value))).isEqualTo(value);
    }

    @Test
    void eightBytesAreBigEndian() {
        assertThat(Fixed64.encode(0x0102030405060708L))
                .isEqualTo(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
    }

    @Test
    void theEnumsOfTheWireAreThoseOfTheModelAndOneMore() {
        assertThat(names(dev.parley.wire.v1.Role.values(), "ROLE_UNSPECIFIED")).isEqualTo(names(Role.values(), ""));
        assertThat(names(dev.parley.wire.v1.View.values(), "VIEW_UNSPECIFIED")).isEqualTo(names(View.values(), ""));
        assertThat(names(dev.parley.wire.v1.BlockKind.values(), "BLOCK_KIND_UNSPECIFIED"))
                .isEqualTo(names(BlockKind.values(), ""));
        assertThat(names(dev.parley.wire.v1.RejectCode.values(), "REJECT_CODE_UNSPECIFIED"))
                .isEqualTo(names(RejectCode.values(), ""));
    }

    private static Set<String> names(Enum<?>[] constants, String unspecified) {
        return Arrays.stream(constants)
                .map(Enum::name)
                .filter(name -> !name.equals("UNRECOGNIZED") && !name.equals(unspecified))
                .collect(Collectors.toSet());
    }

    @Test
    void whatTheGatewayWritesNamesNobody() {
        Entry entry = new Entry(1, Author.GATEWAY, 5, SubmissionId.NONE, "", List.of(), 0);
        dev.parley.wire.v1.Entry wire = EntryCodec.toWire(entry);

        assertThat(wire.hasAuthor()).isFalse();
        assertThat(wire.getOutbox()).isEmpty();
        assertThat(wire.getContentId()).isEqualTo(ByteString.EMPTY);
    }

    @Test
    void theStartOfALogHasAnEmptyHead() {
        assertThat(PositionCodec.encode(Position.START)).isEqualTo(dev.parley.wire.v1.Position.getDefaultInstance());
    }

    @Test
    void attributesAreSortedAndEmptyOnesAreAbsent() {
        List<Attribute> wire = List.of(
                Attribute.newBuilder().setKey("b").setValue("2").build(),
                Attribute.newBuilder().setKey("gone").build(),
                Attribute.newBuilder().setKey("a").setValue("1").build());

        assertThat(AttributesCodec.decode(wire)).containsExactly(entry("a", "1"), entry("b", "2"));
        assertThat(AttributesCodec.encode(AttributesCodec.decode(wire)))
                .extracting(Attribute::getKey)
                .containsExactly("a", "b");
    }

    private static java.util.Map.Entry<String, String> entry(String key, String value) {
        return java.util.Map.entry(key, value);
    }

    @Test
    void closeCodesAreDistinctAndOfTheRangesThatWebSocketLeavesToApplications() {
        assertThat(CloseCode.values()).extracting(CloseCode::code).doesNotHaveDuplicates();
        assertThat(CloseCode.values())
                .extracting(CloseCode::code)
                .allMatch(code -> (code >= 1000 && code <= 1013) || (code >= 4000 && code <= 4999));
    }
}
