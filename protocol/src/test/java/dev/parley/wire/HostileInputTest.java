package dev.parley.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conversation.Operation;
import dev.parley.conversation.RejectCode;
import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.Effect;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.Submit;
import dev.parley.wire.v1.TextEdit;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes in, what comes out is a value, or the one exception that says the bytes are not what they should be. */
@ExtendWith(SeedResolver.class)
class HostileInputTest {
    private static final ByteString CONTENT_ID = Fixed64.encode(7);

    private interface Decoder {
        void decode(byte[] bytes) throws InvalidProtocolBufferException, WireException;
    }

    private static final List<Decoder> DECODERS = List.of(
            EntryCodec::decode,
            bytes -> SubmissionCodec.decode(Submit.parseFrom(bytes)),
            bytes -> BlockCodec.decode(dev.parley.wire.v1.Block.parseFrom(bytes)),
            bytes -> SummaryCodec.decode(dev.parley.wire.v1.ConversationSummary.parseFrom(bytes)),
            bytes -> {
                for (ClientFrame frame : ClientFrames.parseFrom(bytes).getFramesList()) {
                    SubmissionCodec.decode(frame.getSubmit());
                }
            });

    /** As each message that clients or stores give. Any exception but the two that mean refusal fails the test. */
    private static void decode(byte[] bytes) {
        for (Decoder decoder : DECODERS) {
            try {
                decoder.decode(bytes);
            } catch (InvalidProtocolBufferException | WireException refusal) {
                // One of the two ways to say no.
            }
        }
    }

    private static byte[] frames(RandomModel model) {
        return ClientFrames.newBuilder()
                .addFrames(ClientFrame.newBuilder().setSubmit(SubmissionCodec.encode(1, model.submission())))
                .build()
                .toByteArray();
    }

    @Nested
    class Bytes {
        @Test
        void cutAnywhere(Seed seed) {
            RandomModel model = new RandomModel(seed.random());
            for (int i = 0; i < 80; i++) {
                for (byte[] whole : List.of(EntryCodec.encode(model.entry()), frames(model))) {
                    for (int length = 0; length < whole.length; length++) {
                        decode(Arrays.copyOf(whole, length));
                    }
                }
            }
        }

        @Test
        void changedAnywhere(Seed seed) {
            SplittableRandom random = seed.random();
            RandomModel model = new RandomModel(random);
            for (int i = 0; i < 20_000; i++) {
                byte[] bytes = random.nextBoolean() ? EntryCodec.encode(model.entry()) : frames(model);
                for (int changes = 1 + random.nextInt(3); changes > 0 && bytes.length > 0; changes--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                decode(bytes);
            }
        }

        @Test
        void ofNoMeaning(Seed seed) {
            SplittableRandom random = seed.random();
            for (int i = 0; i < 20_000; i++) {
                byte[] bytes = new byte[random.nextInt(64)];
                random.nextBytes(bytes);
                decode(bytes);
            }
        }

        @Test
        void nestedWithoutEnd() {
            byte[] groups = new byte[1_000_000];
            Arrays.fill(groups, (byte) (9 << 3 | 3));

            decode(groups);
            assertThatThrownBy(() -> EntryCodec.decode(groups)).isInstanceOf(WireException.class);
        }

        @Test
        void thatAnnounceMoreThanThereIs() {
            byte[] twoGigabytes = {(byte) (8 << 3 | 2), (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07, 1};

            decode(twoGigabytes);
            assertThatThrownBy(() -> EntryCodec.decode(twoGigabytes)).isInstanceOf(WireException.class);
        }

        /** A lone surrogate has no UTF-8 form, so on the wire it can only be bytes that are not UTF-8. */
        @Test
        void thatAreNotUtf8() {
            byte[] halfAnEmoji = {(byte) (7 << 3 | 2), 3, (byte) 0xED, (byte) 0xA0, (byte) 0xBD};

            assertThatThrownBy(() -> EntryCodec.decode(halfAnEmoji)).isInstanceOf(WireException.class);
        }
    }

    @Nested
    class Submissions {
        private Submit.Builder valid() {
            return Submit.newBuilder().setOutbox("o").setSeq(1).setContentId(CONTENT_ID);
        }

        private void assertRefused(Submit.Builder submit) {
            assertThatThrownBy(() -> SubmissionCodec.decode(submit.build())).isInstanceOf(WireException.class);
        }

        @Test
        void withoutOutboxOrNumberCannotBeAnswered() throws WireException {
            assertThat(SubmissionCodec.decode(valid().build()).operations()).isEmpty();
            assertRefused(valid().clearOutbox());
            assertRefused(valid().clearSeq());
            assertRefused(valid().setSeq(-1));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 7, 9, 1_000})
        void haveAContentIdOfEightBytes(int length) {
            assertRefused(valid().setContentId(ByteString.copyFrom(new byte[length])));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 7, 9, 1_000})
        void haveABaseWithAHeadOfEightBytes(int length) {
            assertRefused(valid().setBase(
                            Position.newBuilder().setRevision(3).setHead(ByteString.copyFrom(new byte[length]))));
        }

        @Test
        void haveABaseThatIsCounted() {
            assertRefused(valid().setBase(Position.newBuilder().setRevision(-1).setHead(CONTENT_ID)));
        }

        @Test
        void composedBeforeTimeBeganTellNothing() throws WireException {
            assertThat(SubmissionCodec.decode(valid().setComposedAtMillis(-5).build())
                            .composedAtMillis())
                    .isZero();
        }
    }

    /** What is wrong inside an operation is answered for good, and so must not be an exception. */
    @Nested
    class Operations {
        private Operation decoded(dev.parley.wire.v1.Operation.Builder operation) throws WireException {
            return SubmissionCodec.decode(Submit.newBuilder()
                            .setOutbox("o")
                            .setSeq(1)
                            .setContentId(CONTENT_ID)
                            .addOperations(operation)
                            .build())
                    .operations()
                    .get(0);
        }

        @Test
        void ofNoKindAreUnknown() throws WireException {
            assertThat(decoded(dev.parley.wire.v1.Operation.newBuilder()))
                    .isEqualTo(new Operation.Invalid(RejectCode.UNKNOWN_OPERATION));
        }

        @Test
        void ofAKindThatIsYetToComeAreUnknown() throws InvalidProtocolBufferException, WireException {
            byte[] later = {(byte) 0xFA, 0x01, 2, 0x0A, 0};

            assertThat(decoded(dev.parley.wire.v1.Operation.parseFrom(later).toBuilder()))
                    .isEqualTo(new Operation.Invalid(RejectCode.UNKNOWN_OPERATION));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 99, -1, Integer.MAX_VALUE})
        void createNoBlockOfAnUnknownKind(int kind) throws WireException {
            dev.parley.wire.v1.Operation.Builder operation = dev.parley.wire.v1.Operation.newBuilder();
            operation.getCreateBlockBuilder().setBlock("o.1").setKindValue(kind);

            assertThat(decoded(operation)).isEqualTo(new Operation.Invalid(RejectCode.MALFORMED));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 2, 99, -1})
        void createForStaffUnlessTheySayPublic(int audience) throws WireException {
            dev.parley.wire.v1.Operation.Builder operation = dev.parley.wire.v1.Operation.newBuilder();
            operation
                    .getCreateBlockBuilder()
                    .setBlock("o.1")
                    .setKind(dev.parley.wire.v1.BlockKind.NOTE)
                    .setAudienceValue(audience);

            assertThat(((Operation.CreateBlock) decoded(operation)).audience())
                    .isEqualTo(dev.parley.conversation.View.STAFF);
        }

        static Stream<Arguments> edits() {
            return Stream.of(
                    edit(RejectCode.MALFORMED, List.of(0)),
                    edit(RejectCode.MALFORMED, List.of(0, 1, 0), "x"),
                    edit(RejectCode.NOT_CANONICAL, List.of(), "x"),
                    edit(RejectCode.NOT_CANONICAL, List.of(0), "x", "y"),
                    edit(RejectCode.NOT_CANONICAL, List.of(0), ""),
                    edit(RejectCode.NOT_CANONICAL, List.of(3)),
                    edit(RejectCode.NOT_CANONICAL, List.of(-1, 3)),
                    edit(RejectCode.NOT_CANONICAL, List.of(1, 1, -1)),
                    edit(RejectCode.NOT_CANONICAL, List.of(-1, -1)),
                    edit(RejectCode.NOT_CANONICAL, List.of(0, 0), "x", "y"),
                    edit(RejectCode.NOT_CANONICAL, List.of(-1, 0), "x"),
                    edit(RejectCode.NOT_CANONICAL, List.of(0, -1, 0), "x", "y"),
                    edit(RejectCode.OUT_OF_RANGE, List.of(Integer.MIN_VALUE)),
                    edit(RejectCode.OUT_OF_RANGE, List.of(Integer.MAX_VALUE, -1)),
                    edit(RejectCode.OUT_OF_RANGE, List.of(-(1 << 30), 1, -(1 << 30), 1, -(1 << 30), 1, 0), "x"));
        }

        private static Arguments edit(RejectCode code, List<Integer> spans, String... inserts) {
            return Arguments.of(
                    code,
                    TextEdit.newBuilder()
                            .addAllSpans(spans)
                            .addAllInserts(List.of(inserts))
                            .build());
        }

        @ParameterizedTest
        @MethodSource("edits")
        void editTextInCanonicalFormOnly(RejectCode code, TextEdit edit) throws WireException {
            dev.parley.wire.v1.Operation.Builder operation = dev.parley.wire.v1.Operation.newBuilder();
            operation.getEditTextBuilder().setBlock("o.1").setBaseLength(5).setEdit(edit);

            assertThat(decoded(operation)).isEqualTo(new Operation.Invalid(code));
        }

        @Test
        void withoutAnEditAreTheIdentity() throws WireException {
            dev.parley.wire.v1.Operation.Builder operation = dev.parley.wire.v1.Operation.newBuilder();
            operation.getEditTextBuilder().setBlock("o.1");

            assertThat(decoded(operation)).isEqualTo(new Operation.EditText("o.1", 0, dev.parley.ot.TextEdit.IDENTITY));
        }
    }

    @Nested
    class Entries {
        private void assertRefused(Entry.Builder entry) {
            assertThatThrownBy(() -> EntryCodec.decode(entry.build().toByteArray()))
                    .isInstanceOf(WireException.class);
        }

        @Test
        void withAnEffectOfNoKindAreRefused() {
            assertRefused(Entry.newBuilder().addEffects(Effect.newBuilder()));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 99, -1})
        void byAnAuthorOfNoRoleAreRefused(int role) {
            assertRefused(Entry.newBuilder()
                    .setAuthor(dev.parley.wire.v1.Author.newBuilder().setRoleValue(role)));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 99, -1})
        void thatCreateABlockOfNoKindAreRefused(int kind) {
            Effect.Builder effect = Effect.newBuilder();
            effect.getCreateBuilder().setBlock("o.1").setKindValue(kind);
            assertRefused(Entry.newBuilder().addEffects(effect));
        }

        @Test
        void withAnEditThatIsNotCanonicalAreRefused() {
            Effect.Builder effect = Effect.newBuilder();
            effect.getEditTextBuilder()
                    .setBlock("o.1")
                    .setEdit(TextEdit.newBuilder().addSpans(1).addSpans(1));
            assertRefused(Entry.newBuilder().addEffects(effect));
        }

        @Test
        void withAContentIdOfTheWrongLengthAreRefused() {
            assertRefused(Entry.newBuilder().setOutbox("o").setSeq(1).setContentId(ByteString.copyFromUtf8("short")));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 2, 99, -1})
        void areForStaffUnlessTheySayPublic(int audience) throws WireException {
            Effect.Builder effect = Effect.newBuilder().setAudienceValue(audience);
            effect.getSetBuilder().setKey("k").setValue("v");
            dev.parley.conversation.Entry entry = EntryCodec.decode(
                    Entry.newBuilder().addEffects(effect).build().toByteArray());

            assertThat(entry.effects().get(0).audience()).isEqualTo(dev.parley.conversation.View.STAFF);
        }
    }

    @Test
    void unknownFieldsOfALaterVersionAreSkipped() throws WireException, InvalidProtocolBufferException {
        Entry known = EntryCodec.toWire(new dev.parley.conversation.Entry(
                3,
                new dev.parley.conversation.Author("ann", dev.parley.conversation.Role.AGENT, ""),
                5,
                new dev.parley.conversation.SubmissionId("o", 1, 2),
                "",
                List.of(),
                0));
        ByteString later = known.toByteString().concat(ByteString.copyFrom(new byte[] {(byte) 0xFA, 0x01, 1, 42}));

        assertThat(EntryCodec.decode(later.toByteArray())).isEqualTo(EntryCodec.fromWire(known));
    }

    @Test
    void messagesOfTheExceptionsNeverHoldText() {
        Entry entry = Entry.newBuilder()
                .setOutbox("o")
                .setContentId(ByteString.copyFromUtf8("a secret"))
                .setCommand("a secret")
                .addEffects(Effect.newBuilder())
                .build();
        try {
            EntryCodec.fromWire(entry);
            fail("an effect of no kind");
        } catch (WireException e) {
            assertThat(e).hasMessageNotContaining("secret");
        }
    }
}
