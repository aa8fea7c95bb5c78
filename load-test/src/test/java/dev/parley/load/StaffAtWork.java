package dev.parley.load;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.wire.v1.Acknowledge;
import dev.parley.wire.v1.BlockKind;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Cursor;
import dev.parley.wire.v1.Operation;
import dev.parley.wire.v1.Peer;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.Signal;
import dev.parley.wire.v1.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Two agents, an admin and the assistant in one conversation, each on a raw socket, who do one thing after the other, drawn at
 * random: hidden things, with a canary in each text, and things that all may see. A colleague looks on all the time: what that
 * one has heard of who is here, a visitor would have heard too. Blocking, for one thread.
 */
final class StaffAtWork implements AutoCloseable {
    static final String CANARY = "canary-5Hd8";

    static final Set<String> HIDDEN = Set.of(
            "draft",
            "type",
            "note",
            "move",
            "recall",
            "react",
            "tag",
            "tag a block",
            "assign",
            "suggest",
            "accept",
            "dismiss",
            "start a run",
            "stream",
            "finish a run",
            "take over",
            "redact",
            "be rejected",
            "point",
            "select",
            "type in sight",
            "come and go");

    private static final int TEXT_LENGTH_MAX = 10_000;

    private final SplittableRandom random;
    private final RawPerson ann;
    private final RawPerson bob;
    private final RawPerson admin;
    private final RawPerson ai;
    private final RawPerson onlooker;
    private final String message;
    private final Map<String, Integer> lengths = new HashMap<>();
    private final List<String> drafts = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, String> suggestions = new TreeMap<>();
    private final Map<String, Long> done = new TreeMap<>();
    private int messageLength;
    private long streamFence;
    private @Nullable String streaming;
    private int runs;
    private int places;

    /** Opens the conversation as somebody. */
    interface Opening {
        RawChat open(Author author) throws IOException;
    }

    /** Says a first hello. */
    StaffAtWork(SplittableRandom random, Opening opening) throws IOException {
        this.random = random;
        ann = person("ann", Role.AGENT, opening);
        bob = person("bob", Role.AGENT, opening);
        admin = person("root", Role.ADMIN, opening);
        ai = person("ai", Role.ASSISTANT, opening);
        onlooker = person("lou", Role.AGENT, opening);
        signal(onlooker, View.VIEW_UNSPECIFIED);
        message = ann.nextBlock();
        messageLength = 5;
        ann.does(RawChat.message(message, "hello"));
    }

    private static RawPerson person(String subject, Role role, Opening opening) throws IOException {
        return new RawPerson(role, subject, opening.open(new Author(subject, role, subject)));
    }

    /** How often each thing was done. */
    Map<String, Long> done() {
        return done;
    }

    String doSomethingHidden() throws IOException {
        String what = hidden();
        done.merge(what, 1L, Long::sum);
        return what;
    }

    private String hidden() throws IOException {
        RawPerson agent = random.nextBoolean() ? ann : bob;
        switch (random.nextInt(22)) {
            case 0 -> {
                drafts.add(create(agent, BlockKind.DRAFT));
                return "draft";
            }
            case 1, 2, 3 -> {
                return type(agent);
            }
            case 4 -> {
                notes.add(create(agent, BlockKind.NOTE));
                return "note";
            }
            case 5 -> {
                agent.does(RawChat.move(note(), random.nextBoolean() ? "V" : "k"));
                return "move";
            }
            case 6 -> {
                agent.does(RawChat.set(note(), "recalled", random.nextBoolean() ? CANARY : ""));
                return "recall";
            }
            case 7 -> {
                agent.does(RawChat.set(note(), "reaction/x/" + agent.subject(), CANARY));
                return "react";
            }
            case 8 -> {
                agent.does(RawChat.set("", "tag/" + CANARY + random.nextInt(9), CANARY));
                return "tag";
            }
            case 9 -> {
                agent.does(RawChat.set(random.nextBoolean() ? message : note(), "tag/" + CANARY, CANARY));
                return "tag a block";
            }
            case 10 -> {
                agent.does(RawChat.set("", "assignee", CANARY));
                return "assign";
            }
            case 11 -> {
                return suggest(random.nextBoolean() ? agent : ai);
            }
            case 12 -> {
                return settle(agent);
            }
            case 13, 14, 15 -> {
                return stream(agent);
            }
            case 16 -> {
                String note = notes.isEmpty() ? create(agent, BlockKind.NOTE) : notes.remove(0);
                admin.does(RawChat.redact(note));
                return "redact";
            }
            case 17 -> {
                return point("point", random.nextInt(4) == 0 ? ai : agent, 0);
            }
            case 18 -> {
                return point("select", agent, 1 + random.nextInt(CANARY.length()));
            }
            case 19 -> {
                return typeInSight(agent);
            }
            case 20 -> {
                return comeAndGo(random.nextInt(3) == 0 ? admin : agent);
            }
            default -> {
                agent.submits(RawChat.edit(message, messageLength + 1, List.of(0), CANARY));
                return "be rejected";
            }
        }
    }

    private String type(RawPerson agent) throws IOException {
        String draft = draft(agent);
        insert(agent, draft, CANARY);
        return "type";
    }

    private String suggest(RawPerson author) throws IOException {
        String target = random.nextBoolean() ? message : draft(ann);
        int length = target.equals(message) ? messageLength : lengths.getOrDefault(target, 0);
        catchUp(author);
        String suggestion = author.nextBlock();
        author.does(RawChat.suggestion(suggestion, target, CANARY), RawChat.anchor(target, length, suggestion, 0, 0));
        suggestions.put(suggestion, target);
        return "suggest";
    }

    /** What is suggested for the message would be seen. */
    private String settle(RawPerson agent) throws IOException {
        if (suggestions.isEmpty()) {
            return suggest(agent);
        }
        String suggestion = suggestions.keySet().iterator().next();
        String target = suggestions.getOrDefault(suggestion, "");
        suggestions.remove(suggestion);
        if (target.equals(message)) {
            agent.does(RawChat.dismiss(suggestion));
            return "dismiss";
        }
        agent.does(RawChat.accept(suggestion));
        lengths.merge(target, CANARY.length(), Integer::sum);
        return "accept";
    }

    /** The assistant goes on with its run, or it ends in one way or the other. */
    private String stream(RawPerson agent) throws IOException {
        if (streaming == null) {
            streaming = ai.nextBlock();
            streamFence = 1;
            runs++;
            ai.does(RawChat.startRun(streaming, "run" + runs));
            return "start a run";
        }
        String block = streaming;
        int what = random.nextInt(10);
        if (what == 0) {
            streaming = null;
            ai.does(RawChat.finishRun(block, "run" + runs, streamFence));
            drafts.add(block);
            return "finish a run";
        } else if (what == 1) {
            streaming = null;
            agent.does(RawChat.takeOver(block));
            drafts.add(block);
            return "take over";
        } else if (what == 2) {
            insert(agent, block, CANARY);
            return "type";
        }
        ai.does(RawChat.appendText(block, "run" + runs, streamFence, CANARY));
        lengths.merge(block, CANARY.length(), Integer::sum);
        return "stream";
    }

    /** Each time somewhere else, so that it can be told from the time before. */
    private String point(String what, RawPerson agent, int length) throws IOException {
        int start = ++places % TEXT_LENGTH_MAX;
        Cursor cursor = Cursor.newBuilder()
                .setBlock(draft(ann))
                .setStart(start)
                .setEnd(start + length)
                .setRevision(agent.chat().base().getRevision())
                .build();
        Signal signal = Signal.newBuilder()
                .setHandle(handle(agent))
                .setTyping(View.STAFF)
                .setCursor(cursor)
                .build();
        agent.chat().socket().send(ClientFrame.newBuilder().setSignal(signal).build());
        awaitPeers(peers -> peers.stream().anyMatch(peer -> peer.getCursor().equals(cursor)));
        return what;
    }

    private String typeInSight(RawPerson agent) throws IOException {
        signal(agent, View.STAFF);
        awaitPeers(peers -> doing(peers, agent).contains(View.STAFF));
        signal(agent, View.VIEW_UNSPECIFIED);
        awaitPeers(peers -> doing(peers, agent).contains(View.VIEW_UNSPECIFIED));
        return "type in sight";
    }

    private String comeAndGo(RawPerson agent) throws IOException {
        signal(agent, View.STAFF);
        awaitPeers(peers -> doing(peers, agent).contains(View.STAFF));
        Signal away = Signal.newBuilder().setHandle(handle(agent)).setAway(true).build();
        agent.chat().socket().send(ClientFrame.newBuilder().setSignal(away).build());
        awaitPeers(peers -> doing(peers, agent).isEmpty());
        return "come and go";
    }

    /** What everybody may see, the visitor as the typing of somebody. */
    void typeForEverybody() throws IOException {
        signal(ann, View.PUBLIC);
    }

    private static void signal(RawPerson agent, View typing) throws IOException {
        Signal signal =
                Signal.newBuilder().setHandle(handle(agent)).setTyping(typing).build();
        agent.chat().socket().send(ClientFrame.newBuilder().setSignal(signal).build());
    }

    private static int handle(RawPerson person) {
        return person.chat().opened().getHandle();
    }

    private static List<View> doing(List<Peer> peers, RawPerson person) {
        return peers.stream()
                .filter(peer -> peer.getAuthor().getSubject().equals(person.subject()))
                .map(Peer::getTyping)
                .toList();
    }

    /** Until the onlooker was told so. It takes in what else it is told, as a client does. */
    private void awaitPeers(Predicate<List<Peer>> matches) throws IOException {
        RawSocket socket = onlooker.chat().socket();
        while (true) {
            ServerFrame frame = socket.await(next -> next.hasPeers() || next.hasEntries());
            if (frame.hasPeers() && matches.test(frame.getPeers().getPeersList())) {
                return;
            }
            if (frame.hasEntries()) {
                socket.send(ClientFrame.newBuilder()
                        .setAcknowledge(Acknowledge.newBuilder()
                                .setHandle(handle(onlooker))
                                .setRevision(frame.getEntries().getTo().getRevision()))
                        .build());
            }
        }
    }

    String doSomethingVisible() throws IOException {
        RawPerson agent = random.nextBoolean() ? ann : bob;
        return switch (random.nextInt(7)) {
            case 0 -> sees("a message", agent, RawChat.message(agent.nextBlock(), "visible"));
            case 1 -> sees("a reaction", agent, RawChat.set(message, "reaction/x/" + agent.subject(), "1"));
            case 2 -> sees("a pin", agent, RawChat.set(message, "pinned", "V"));
            case 3 -> sees("a move", agent, RawChat.move(message, "V"));
            case 4 -> sees("a publication", agent, RawChat.publish(publishable(agent)));
            case 5 -> {
                String suggestion = ai.nextBlock();
                catchUp(ai);
                ai.does(
                        RawChat.suggestion(suggestion, message, "!"),
                        RawChat.anchor(message, messageLength, suggestion, 0, 0));
                messageLength++;
                yield sees("an accepted suggestion", ann, RawChat.accept(suggestion));
            }
            default ->
                sees(
                        "a read marker",
                        agent,
                        RawChat.advance("read", agent.chat().base().getRevision()));
        };
    }

    private String publishable(RawPerson agent) throws IOException {
        String draft = agent.nextBlock();
        agent.does(RawChat.create(draft, BlockKind.DRAFT, View.STAFF, "to be published"));
        agent.does(RawChat.set(draft, "tag/" + CANARY, CANARY));
        return draft;
    }

    private static String sees(String what, RawPerson agent, Operation operation) throws IOException {
        agent.does(operation);
        return what;
    }

    private String create(RawPerson agent, BlockKind kind) throws IOException {
        String block = agent.nextBlock();
        agent.does(RawChat.create(block, kind, View.STAFF, CANARY));
        lengths.put(block, CANARY.length());
        return block;
    }

    private String draft(RawPerson agent) throws IOException {
        if (drafts.isEmpty()) {
            drafts.add(create(agent, BlockKind.DRAFT));
        }
        return drafts.get(random.nextInt(drafts.size()));
    }

    private String note() throws IOException {
        if (notes.isEmpty()) {
            notes.add(create(ann, BlockKind.NOTE));
        }
        return notes.get(random.nextInt(notes.size()));
    }

    /** Where everybody has the text that the edit is made on. */
    private void insert(RawPerson agent, String block, String text) throws IOException {
        int length = lengths.getOrDefault(block, 0);
        catchUp(agent);
        agent.does(RawChat.edit(block, length, List.of(0), text));
        lengths.put(block, length + text.length());
    }

    /** Lengths are those of the text at the base. */
    private void catchUp(RawPerson agent) throws IOException {
        for (RawPerson person : List.of(ann, bob, admin, ai)) {
            agent.chat().awaitRevision(person.chat().base().getRevision());
        }
    }

    @Override
    public void close() throws IOException {
        ann.close();
        bob.close();
        admin.close();
        ai.close();
        onlooker.close();
    }
}
