package dev.parley.gateway.presence;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who looks at a conversation, as an element of the set that nodes share. The form is: length of the conversation's
 * id, id, role, length of the subject, subject, name; so all of a conversation stand together, whatever the ids contain.
 */
record ViewerName(String conversation, Author author) {

    String element() {
        return prefix(conversation)
                + author.role()
                + ':'
                + author.subject().length()
                + ':'
                + author.subject()
                + author.name();
    }

    private static String prefix(String conversation) {
        return conversation.length() + ":" + conversation + ':';
    }

    /** The elements of one conversation. */
    static NavigableSet<String> of(String conversation, NavigableSet<String> elements) {
        String prefix = prefix(conversation);
        return elements.subSet(prefix, true, prefix + Character.MAX_VALUE, false);
    }

    /** Null for what is no such element: another version's, which this one does not show. */
    static @Nullable ViewerName parse(String element) {
        try {
            Reader reader = new Reader(element);
            String conversation = reader.counted();
            reader.colon();
            Role role = Role.valueOf(reader.untilColon());
            String subject = reader.counted();
            return new ViewerName(conversation, new Author(subject, role, reader.rest()));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        String counted() {
            int length = Integer.parseInt(untilColon());
            at += length;
            return text.substring(at - length, at);
        }

        void colon() {
            if (text.charAt(at++) != ':') {
                throw new IllegalArgumentException("no colon");
            }
        }

        String untilColon() {
            int colon = text.indexOf(':', at);
            String token = text.substring(at, colon);
            at = colon + 1;
            return token;
        }

        String rest() {
            return text.substring(at);
        }
    }
}
