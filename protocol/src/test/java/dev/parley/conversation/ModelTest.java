package dev.parley.conversation;

import static dev.parley.conversation.Effects.attributes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ot.TextEdit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small values: roles, views, authors, attributes, positions, and what operations ask for. */
class ModelTest {
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");

    @ParameterizedTest
    @EnumSource(Role.class)
    void onlyAVisitorIsNotStaff(Role role) {
        assertThat(role.isStaff()).isEqualTo(role != Role.VISITOR);
        assertThat(role.view()).isEqualTo(role == Role.VISITOR ? View.PUBLIC : View.STAFF);
    }

    @Test
    void whatIsForStaffIsNotForThePublic() {
        assertThat(View.PUBLIC.sees(View.STAFF)).isFalse();
        assertThat(View.PUBLIC.sees(View.PUBLIC)).isTrue();
        assertThat(View.STAFF.sees(View.STAFF)).isTrue();
        assertThat(View.STAFF.sees(View.PUBLIC)).isTrue();
    }

    @Test
    void anAuthorIsASubjectOnOneSide() {
        assertThat(ANN.is(new Author("ann", Role.ADMIN, "renamed"))).isTrue();
        assertThat(ANN.is(new Author("ann", Role.VISITOR, "Ann"))).isFalse();
        assertThat(ANN.is(new Author("ben", Role.AGENT, "Ann"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"kind", "visitor", "visitorName", "name", "state", "recalled", "read/ann", "reaction/x", "read/"
            })
    void theseAttributesArePublic(String key) {
        assertThat(Attributes.isPublic(key)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "assignee", "tag/x", "Kind", "kind ", "read", "reaction", "kinds", "unread/ann"})
    void allOtherAttributesAreForStaff(String key) {
        assertThat(Attributes.isPublic(key)).isFalse();
    }

    @Test
    void publicAttributesAreFilteredByKey() {
        assertThat(Attributes.publicOnly(attributes("assignee", "ann", "state", "open")))
                .isEqualTo(attributes("state", "open"));
    }

    @Test
    void aPositionShowsRevisionAndHead() {
        assertThat(new Position(7, 0xABCL)).hasToString("7@0000000000000abc");
        assertThat(Position.START).isEqualTo(new Position(0, 0));
    }

    @Test
    void optimisticOperationsBecomeEffects() {
        assertThat(new Operation.CreateBlock("o.1", BlockKind.NOTE, View.STAFF, "hi", attributes("a", "1")).effect(ANN))
                .isEqualTo(new Effect.Create("o.1", BlockKind.NOTE, View.STAFF, "hi", attributes("a", "1")));
        assertThat(new Operation.EditText("o.1", 2, TextEdit.insert(2, "!")).effect(ANN))
                .isEqualTo(new Effect.EditText("o.1", 2, TextEdit.insert(2, "!"), View.STAFF));
        assertThat(new Operation.SetAttribute("", "state", "closed").effect(ANN))
                .isEqualTo(new Effect.Set("", "state", "closed", false, View.STAFF));
        assertThat(new Operation.Advance("read", 12).effect(ANN))
                .isEqualTo(new Effect.Set("", "read/ann", "12", true, View.STAFF));
    }

    /** A field of a command that is called {@code name} would take the place of it. */
    @Test
    void anEntryIsNamedAfterTheKindOfItsCommandWhateverItSays() {
        assertThat(new Operation.Link("vic", "Vic").name()).isEqualTo("Link");
        assertThat(new Operation.TakeOver("o.1").name()).isEqualTo("TakeOver");
        assertThat(Operation.Command.class.getPermittedSubclasses())
                .isNotEmpty()
                .allSatisfy(command -> assertThat(command.getDeclaredMethods())
                        .noneMatch(method -> method.getName().equals("name")));
    }

    @Test
    void commandsHaveNoEffectOfTheirOwn() {
        Operation publish = new Operation.PublishDraft("o.1", 0);

        assertThat(publish.isCommand()).isTrue();
        assertThat(new Operation.Advance("read", 1).isCommand()).isFalse();
        assertThatThrownBy(() -> publish.effect(ANN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Operation.Invalid(RejectCode.MALFORMED).effect(ANN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anEffectStampedWithItsOwnAudienceIsItself() {
        Effect set = Effects.set("", "a", "1");

        assertThat(set.withAudience(View.STAFF)).isSameAs(set);
        assertThat(set.withAudience(View.PUBLIC).audience()).isEqualTo(View.PUBLIC);
    }
}
