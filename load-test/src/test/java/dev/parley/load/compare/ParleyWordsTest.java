package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.wire.v1.Acknowledge;
import dev.parley.wire.v1.BlockKind;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.Effect;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.Operation;
import dev.parley.wire.v1.Ping;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.Submit;
import dev.parley.wire.v1.TextEdit;
import dev.parley.wire.v1.View;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written by hand, held against the generated classes. */
final class ParleyWordsTest {
    private static final byte[] OUTBOX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEAD = {1, 2, 3, 4, 5, 6, 7, 8};

    private final ParleyWords words = new ParleyWords();

    @Test
    void writesSubmissionsAsTheSchemaHasThem() throws InvalidProtocolBufferException {
        byte[] message = submission();

        ClientFrames expected = ClientFrames.newBuilder()
                .addFrames(ClientFrame.newBuilder()
                        .setSubmit(Submit.newBuilder()
                                .setHandle(3)
                                .setOutbox("0123456789abcdef")
                                .setSeq(300)
                                .setContentId(ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 2, 1}))
                                .setBase(Position.newBuilder().setRevision(299).setHead(ByteString.copyFrom(HEAD)))
                                .addOperations(Operation.newBuilder().setEditText(edit()))
                                .addOperations(Operation.newBuilder()
                                        .setCreateBlock(Operation.CreateBlock.newBuilder()
                                                .setBlock("x.2")
                                                .setKind(BlockKind.MESSAGE)
                                                .setAudience(View.PUBLIC)
                                                .setText("hi")))))
                .build();
        assertThat(ClientFrames.parseFrom(message)).isEqualTo(expected);
        assertThat(message).isEqualTo(expected.toByteArray());
    }

    @Test
    void writesTheEffectsThatTheEntryHasToEndWith() {
        submission();

        byte[] expected = Entry.newBuilder()
                .addEffects(Effect.newBuilder().setEditText(asEffect()).setAudience(View.PUBLIC))
                .addEffects(Effect.newBuilder()
                        .setCreate(Effect.Create.newBuilder()
                                .setBlock("x.2")
                                .setKind(BlockKind.MESSAGE)
                                .setText("hi"))
                        .setAudience(View.PUBLIC))
                .build()
                .toByteArray();
        assertThat(words.effects()).isEqualTo(expected);
    }

    @Test
    void writesAnEditOfADraftAsTheSchemaHasIt() throws InvalidProtocolBufferException {
        Keystrokes keystrokes = new Keystrokes(1, 3, new Random(1));
        keystrokes.type(0);
        Keystrokes.Splice typed = keystrokes.submit();
        words.begin();
        words.edit("x.1", 3, typed);

        Operation operation = ClientFrames.parseFrom(words.submit(3, OUTBOX, 1, 2, 3, HEAD))
                .getFrames(0)
                .getSubmit()
                .getOperations(0);
        assertThat(operation.getEditText())
                .isEqualTo(Operation.EditText.newBuilder()
                        .setBlock("x.1")
                        .setBaseLength(3)
                        .setEdit(TextEdit.newBuilder()
                                .addSpans(2)
                                .addSpans(0)
                                .addInserts(typed.inserted().toString()))
                        .build());
    }

    @Test
    void writesAcknowledgementsAndPings() throws InvalidProtocolBufferException {
        Bytes message = words.acknowledge(3, 1_000);

        assertThat(ClientFrames.parseFrom(Arrays.copyOf(message.array(), message.length())))
                .isEqualTo(ClientFrames.newBuilder()
                        .addFrames(ClientFrame.newBuilder()
                                .setAcknowledge(
                                        Acknowledge.newBuilder().setHandle(3).setRevision(1_000)))
                        .build());
        assertThat(ClientFrames.parseFrom(ParleyWords.PING))
                .isEqualTo(ClientFrames.newBuilder()
                        .addFrames(ClientFrame.newBuilder().setPing(Ping.getDefaultInstance()))
                        .build());
    }

    private byte[] submission() {
        Gathering edit = new Gathering(200);
        edit.insert(150, (byte) 'b');
        edit.insert(0, (byte) 'a');
        Gathering text = new Gathering(0);
        text.insert(0, (byte) 'i');
        text.insert(0, (byte) 'h');
        words.begin();
        words.edit("x.1", edit);
        words.create("x.2", text);
        return words.submit(3, OUTBOX, 300, 0x201, 299, HEAD);
    }

    private static Operation.EditText edit() {
        return Operation.EditText.newBuilder()
                .setBlock("x.1")
                .setBaseLength(200)
                .setEdit(textEdit())
                .build();
    }

    private static Effect.EditText asEffect() {
        return Effect.EditText.newBuilder()
                .setBlock("x.1")
                .setBaseLength(200)
                .setEdit(textEdit())
                .build();
    }

    private static TextEdit textEdit() {
        return TextEdit.newBuilder()
                .addSpans(0)
                .addSpans(150)
                .addSpans(0)
                .addInserts("a")
                .addInserts("b")
                .build();
    }
}
