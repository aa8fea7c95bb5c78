package dev.parley.load.check;

import dev.parley.load.check.History.Event;
import dev.parley.load.check.Violation.Kind;
import dev.parley.wire.v1.Author;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.View;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges a run by the histories of all its replicas and the logs of its conversations.
 *
 * <ul>
 *   <li>What was acknowledged is in the log, there and once; what was rejected is not; nothing else is.
 *   <li>Revisions are 1..n, and the submissions of an outbox are in the order in which they were made.
 *   <li>Each entry fits the state before it and is for whom its block is for.
 *   <li>Each replica got exactly the log as its view shows it, in order, nothing twice; a visitor nothing of the staff's.
 *   <li>At the end, and wherever blocks replaced entries, its bytes are those of the log replayed from empty.
 *   <li>What was redacted later may have been read before: up to there it is compared without its text.
 * </ul>
 *
 * Every client that writes into these conversations has to be among the histories.
 */
public final class Checker {
    private final List<Violation> violations = new ArrayList<>();
    private final Log log;
    private final List<History> histories;
    private final Map<Long, Position> positions = new HashMap<>();
    private final Redactions redactions;
    private final Map<View, NavigableMap<Long, Delivery>> expected = new EnumMap<>(View.class);
    private final List<Claim> claims = new ArrayList<>();

    /** That a replica's state was this at a revision. */
    private record Claim(History history, long revision, String canonicalText) {}

    private Checker(Log log, List<History> histories) {
        this.log = log;
        this.histories = histories;
        this.redactions = new Redactions(log.entries());
    }

    public static List<Violation> check(Collection<History> histories, Collection<Log> logs) {
        List<Violation> violations = new ArrayList<>();
        Map<String, List<History>> byConversation = new TreeMap<>();
        for (History history : histories) {
            byConversation
                    .computeIfAbsent(history.conversation(), conversation -> new ArrayList<>())
                    .add(history);
        }
        for (Log log : logs) {
            List<History> ofLog = byConversation.remove(log.conversation());
            violations.addAll(new Checker(log, ofLog == null ? List.of() : ofLog).check());
        }
        byConversation.forEach((conversation, orphans) -> violations.add(
                new Violation(Kind.LOST, "no log of conversation '" + conversation + "' for " + names(orphans))));
        return violations;
    }

    private static List<String> names(List<History> histories) {
        return histories.stream().map(History::client).toList();
    }

    private List<Violation> check() {
        checkRevisions();
        checkSubmissions();
        for (History history : histories) {
            checkAnswers(history);
            checkDeliveries(history);
        }
        replay();
        return violations;
    }

    private void checkRevisions() {
        for (int i = 0; i < log.entries().size(); i++) {
            long revision = log.entries().get(i).getRevision();
            if (revision != i + 1) {
                report(Kind.GAP, "entry " + (i + 1) + " has revision " + revision);
                return;
            }
        }
        if (log.head().getRevision() != log.entries().size()) {
            report(
                    Kind.GAP,
                    "the head is " + log.head().getRevision() + ", the log has "
                            + log.entries().size());
        }
        positions.put(log.head().getRevision(), log.head());
    }

    /** Entries against what was asked for: each once, in order, by who asked. */
    private void checkSubmissions() {
        Map<String, History> byOutbox = new HashMap<>();
        for (History history : histories) {
            byOutbox.put(history.outbox(), history);
        }
        Map<History, Set<SubmissionKey>> invoked = new HashMap<>();
        Set<SubmissionKey> seen = new HashSet<>();
        Map<String, Long> lastSeq = new HashMap<>();
        for (Entry entry : log.entries()) {
            if (entry.getOutbox().isEmpty()) {
                continue;
            }
            SubmissionKey key = SubmissionKey.of(entry);
            History history = byOutbox.get(entry.getOutbox());
            if (history == null
                    || !isBy(history, entry.getAuthor())
                    || !invoked.computeIfAbsent(history, Checker::invoked).contains(key)) {
                report(Kind.UNASKED, "nobody sent " + key + " of revision " + entry.getRevision());
            }
            if (!seen.add(key)) {
                report(Kind.DOUBLED, key + " is in the log again at revision " + entry.getRevision());
            } else if (entry.getSeq() <= lastSeq.getOrDefault(entry.getOutbox(), 0L)) {
                report(Kind.REORDERED, key + " comes at revision " + entry.getRevision() + " after a later one");
            } else {
                lastSeq.put(entry.getOutbox(), entry.getSeq());
            }
        }
    }

    private static Set<SubmissionKey> invoked(History history) {
        Set<SubmissionKey> invoked = new HashSet<>();
        for (Event event : history.events()) {
            if (event instanceof Event.Invoked made) {
                invoked.add(made.submission());
            }
        }
        return invoked;
    }

    private static boolean isBy(History history, Author author) {
        return author.getSubject().equals(history.subject()) && author.getRole() == history.role();
    }

    /** What the client was told against the log. */
    private void checkAnswers(History history) {
        Map<SubmissionKey, Long> logged = new HashMap<>();
        for (Entry entry : log.entries()) {
            if (entry.getOutbox().equals(history.outbox())) {
                logged.putIfAbsent(SubmissionKey.of(entry), entry.getRevision());
            }
        }
        long lastSeq = 0;
        for (Event event : history.events()) {
            if (event instanceof Event.Accepted accepted) {
                if (logged.getOrDefault(accepted.submission(), -1L) != accepted.revision()) {
                    report(
                            Kind.LOST,
                            history.client() + " was told that " + accepted.submission() + " is revision "
                                    + accepted.revision());
                }
                if (accepted.submission().seq() < lastSeq) {
                    report(Kind.REORDERED, history.client() + " had " + accepted.submission() + " acknowledged late");
                }
                lastSeq = accepted.submission().seq();
            } else if (event instanceof Event.Rejected rejected) {
                if (logged.containsKey(rejected.submission())) {
                    report(
                            Kind.UNASKED,
                            history.client() + " was told " + rejected.code() + " for " + rejected.submission()
                                    + ", which is in the log");
                }
            } else if (event instanceof Event.Faulted fault) {
                report(
                        Kind.OUTBOX_FAULT,
                        history.client() + " was told " + fault.code() + " for " + fault.submission());
            } else if (event instanceof Event.Failed failed) {
                report(Kind.FAILED, history.client() + ": " + failed.what());
            }
        }
        checkNothingIsOpen(history, logged.keySet());
    }

    private void checkNothingIsOpen(History history, Set<SubmissionKey> logged) {
        Set<SubmissionKey> open = invoked(history);
        open.removeAll(logged);
        for (Event event : history.events()) {
            if (event instanceof Event.Rejected rejected) {
                open.remove(rejected.submission());
            } else if (event instanceof Event.Ended ended && ended.pending() > 0) {
                report(Kind.STUCK, history.client() + " ended with " + ended.pending() + " submissions unanswered");
                return;
            }
        }
        for (SubmissionKey key : open) {
            report(Kind.LOST, key + " of " + history.client() + " is neither in the log nor rejected");
        }
    }

    /** What the replica received against the log as its view shows it. */
    private void checkDeliveries(History history) {
        Cursor cursor = new Cursor(history, expected.computeIfAbsent(history.view(), this::seenBy));
        boolean ended = false;
        for (Event event : history.events()) {
            if (event instanceof Event.Received received) {
                cursor.receive(received);
            } else if (event instanceof Event.Replaced replaced) {
                cursor.replace(replaced);
            } else if (event instanceof Event.Ended end) {
                ended = true;
                cursor.end(end);
            }
        }
        if (!ended) {
            report(Kind.STUCK, history.client() + " did not come to an end");
        }
    }

    private NavigableMap<Long, Delivery> seenBy(View view) {
        NavigableMap<Long, Delivery> deliveries = new TreeMap<>();
        for (Entry entry : log.entries()) {
            Entry seen = Replay.seenBy(entry, view);
            if (seen != null) {
                deliveries.put(seen.getRevision(), Delivery.of(seen));
            }
        }
        return deliveries;
    }

    /** How far a replica has got. */
    private final class Cursor {
        private final History history;
        private final NavigableMap<Long, Delivery> expected;
        private long revision;

        Cursor(History history, NavigableMap<Long, Delivery> expected) {
            this.history = history;
            this.expected = expected;
        }

        void receive(Event.Received received) {
            note(received.to());
            if (received.from() > revision) {
                report(
                        Kind.NOT_DELIVERED,
                        history.client() + " got entries from " + received.from() + " on top of " + revision);
            }
            for (Delivery delivery : received.entries()) {
                checkLeak(delivery.holdsStaffEffects(), delivery.revision());
                if (delivery.revision() <= revision) {
                    report(
                            Kind.DELIVERED_TWICE,
                            history.client() + " got revision " + delivery.revision() + " after " + revision);
                    continue;
                }
                missed(expected.subMap(revision, false, delivery.revision(), false)
                        .keySet());
                if (!isOfTheLog(delivery, expected.get(delivery.revision()))) {
                    report(
                            Kind.FOREIGN_DELIVERY,
                            history.client() + " got a revision " + delivery.revision() + " that is not the log's");
                }
                revision = delivery.revision();
            }
            long to = received.to().getRevision();
            if (to < revision) {
                report(Kind.FOREIGN_DELIVERY, history.client() + " got revision " + revision + " in entries to " + to);
                return;
            }
            missed(expected.subMap(revision, false, to, true).keySet());
            revision = to;
        }

        void replace(Event.Replaced replaced) {
            note(replaced.position());
            checkLeak(replaced.holdsStaffBlocks(), replaced.position().getRevision());
            revision = replaced.position().getRevision();
            claims.add(new Claim(history, revision, replaced.canonicalText()));
        }

        void end(Event.Ended ended) {
            note(ended.position());
            Set<Long> rest = expected.tailMap(revision, false).keySet();
            if (!rest.isEmpty()) {
                report(Kind.STUCK, history.client() + " never got revisions " + rest);
            }
            claims.add(new Claim(history, rest.isEmpty() ? log.head().getRevision() : revision, ended.canonicalText()));
        }

        private boolean isOfTheLog(Delivery delivery, @Nullable Delivery logged) {
            return delivery.equals(logged)
                    || (logged != null
                            && delivery.hasShapeOf(logged)
                            && redactions.changed(log.entries().get((int) delivery.revision() - 1)));
        }

        private void missed(Set<Long> revisions) {
            if (!revisions.isEmpty()) {
                report(Kind.NOT_DELIVERED, history.client() + " was not given revisions " + revisions);
            }
        }

        private void checkLeak(boolean staff, long at) {
            if (staff && history.view() == View.PUBLIC) {
                report(Kind.LEAKED, history.client() + " got something for staff at revision " + at);
            }
        }

        private void note(Position position) {
            Position other = positions.putIfAbsent(position.getRevision(), position);
            if (other != null && !other.equals(position)) {
                report(Kind.FORKED_LOG, history.client() + " had another revision " + position.getRevision());
            }
        }
    }

    /** Replays the log from empty, and holds every claim against the state at its revision. */
    private void replay() {
        Map<Long, List<Claim>> byRevision = new HashMap<>();
        for (Claim claim : claims) {
            byRevision
                    .computeIfAbsent(claim.revision(), revision -> new ArrayList<>())
                    .add(claim);
        }
        Replay replay = new Replay();
        settle(byRevision.remove(0L), replay);
        for (Entry entry : log.entries()) {
            try {
                replay.apply(entry);
            } catch (BrokenLogException e) {
                report(Kind.BROKEN_LOG, String.valueOf(e.getMessage()));
                return;
            }
            settle(byRevision.remove(replay.revision()), replay);
        }
        byRevision.forEach((revision, beyond) ->
                report(Kind.LOST, "revision " + revision + " is gone that was seen by " + names(histories(beyond))));
    }

    private static List<History> histories(List<Claim> claims) {
        return claims.stream().map(Claim::history).toList();
    }

    private void settle(@Nullable List<Claim> claimed, Replay replay) {
        if (claimed == null) {
            return;
        }
        Map<View, String> truth = new HashMap<>();
        for (Claim claim : claimed) {
            String expected = truth.computeIfAbsent(claim.history().view(), replay::canonicalText);
            if (!expected.equals(claim.canonicalText())
                    && !redactions
                            .withoutRedacted(expected, claim.revision())
                            .equals(redactions.withoutRedacted(claim.canonicalText(), claim.revision()))) {
                report(
                        Kind.DIVERGED,
                        claim.history().client() + " differs at revision " + claim.revision() + ": "
                                + difference(expected, claim.canonicalText()));
            }
        }
    }

    /** Where two texts part, with a little of what is around. */
    private static String difference(String expected, String actual) {
        int at = 0;
        while (at < Math.min(expected.length(), actual.length()) && expected.charAt(at) == actual.charAt(at)) {
            at++;
        }
        return "from character " + at + " of " + expected.length() + ", '" + around(expected, at) + "' is '"
                + around(actual, at) + "'";
    }

    private static String around(String text, int at) {
        return text.substring(Math.max(0, at - 40), Math.min(text.length(), at + 40));
    }

    private void report(Kind kind, String description) {
        violations.add(new Violation(kind, log.conversation() + ": " + description));
    }
}
