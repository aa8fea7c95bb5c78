package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.wire.v1.ArrangeQueue;
import dev.parley.wire.v1.BlockKind;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.OpenFailedCode;
import dev.parley.wire.v1.Operation;
import dev.parley.wire.v1.Ping;
import dev.parley.wire.v1.RejectCode;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.View;
import dev.parley.wire.v1.Visit;
import dev.parley.wire.v1.WatchSite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Everything that can be asked for, by every role, about every kind of block, its own and others', young and old, over the
 * wire: it happens where the page on permissions says so, and nowhere else. Blocks are old at once where a tenant's edit
 * window is 0.
 */
final class PermissionIT {
    private static final String OLD = "edit-window-minutes 0\n";

    /** Turns some of the common rows round, and adds one where there was none. */
    private static final String CHANGED = OLD + """
            EDIT     MESSAGE  own    old    yes  yes  yes  no   yes
            EDIT     MESSAGE  other  *      no   yes  no   no   no
            RECALL   MESSAGE  own    old    yes  no   yes  no   yes
            REACT    MESSAGE  *      *      no   yes  yes  yes  yes
            CREATE   NOTE     *      *      no   no   yes  yes  yes
            MOVE     DRAFT    own    *      no   yes  yes  no   yes
            PUBLISH  DRAFT    own    *      no   yes  yes  yes  yes
            REDACT   MESSAGE  own    *      yes  yes  yes  no   yes
            CLOSE    CHAT     *      *      yes  no   yes  no   yes
            LINK     CHAT     *      *      no   yes  no   no   no
            """;

    private static final List<BlockKind> IN_CHAT =
            List.of(BlockKind.MESSAGE, BlockKind.DRAFT, BlockKind.NOTE, BlockKind.TOPIC, BlockKind.SUGGESTION);
    private static final List<BlockKind> IN_ARTICLE = List.of(BlockKind.SECTION, BlockKind.NOTE, BlockKind.SUGGESTION);
    private static final List<String> RESERVED =
            List.of("kind", "visitor", "visitorName", "name", "state", "fence", "target", "read/me");

    private static final ClientFrame WATCH_SITE = ClientFrame.newBuilder()
            .setWatchSite(WatchSite.getDefaultInstance())
            .build();
    private static final ClientFrame PING =
            ClientFrame.newBuilder().setPing(Ping.getDefaultInstance()).build();

    private static final String TEXT = "text";
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(1);

    @RegisterExtension
    static final TestGateway GATEWAY =
            TestGateway.strict("--store", "memory", "--policy-dir", policies().toString());

    private static Path policies() {
        try {
            Path folder = Files.createTempDirectory("parley-policies");
            folder.toFile().deleteOnExit();
            Files.writeString(folder.resolve("old.txt"), OLD).toFile().deleteOnExit();
            Files.writeString(folder.resolve("changed.txt"), CHANGED).toFile().deleteOnExit();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyRoleMayDoWhatTheCommonTableSaysWithYoungBlocks() throws IOException {
        Walk walk = new Walk("acme", "", true);

        walk.everywhere();

        walk.assertDecided(walk.table.rowCount());
    }

    @Test
    void everyRoleMayDoWhatTheCommonTableSaysWithOldBlocks() throws IOException {
        Walk walk = new Walk("old", OLD, false);

        walk.everywhere();

        walk.assertDecided(walk.table.rowCount());
    }

    @Test
    void everyRoleMayDoWhatItsTenantsOwnRowsSay() throws IOException {
        Walk walk = new Walk("changed", CHANGED, false);

        walk.everywhere();

        walk.assertDecided((int) CHANGED.lines().count() - 1);
    }

    /** One tenant's chat and article, with somebody of each role in both. */
    private static final class Walk {
        private final String tenant;
        private final boolean fresh;
        private final PermissionTable table;
        private final Set<Integer> decided = new HashSet<>();
        private int allowed;
        private int refused;

        Walk(String tenant, String ownRows, boolean fresh) throws IOException {
            this.tenant = tenant;
            this.fresh = fresh;
            this.table = PermissionTable.withRows(ownRows);
        }

        void everywhere() throws IOException {
            RawPerson visitor = person(
                    tenant,
                    Role.VISITOR,
                    "vic",
                    Open.newBuilder().setName("chat").build());
            String chat = visitor.chat().opened().getConversation();
            try (visitor) {
                inConversation("CHAT", byId(chat), visitor, IN_CHAT);
            }
            assertThat(may(Role.VISITOR, "CREATE", "CHAT", true)).isTrue();
            Open article =
                    Open.newBuilder().setKind("ARTICLE").setName("delivery").build();
            inConversation("ARTICLE", article, null, IN_ARTICLE);
            whoMayOpen(chat, article);
            aroundConversations();
            System.out.println(tenant + ": " + allowed + " allowed, " + refused + " refused, " + decided.size() + " of "
                    + table.rowCount() + " rows decided");
            assertThat(allowed).isGreaterThan(200);
            assertThat(refused).isGreaterThan(200);
        }

        void assertDecided(int rows) {
            for (int row = 0; row < rows; row++) {
                if (table.isFor(row, fresh)) {
                    assertThat(decided)
                            .as("rows that decided something, '%s' among them", table.row(row))
                            .contains(row);
                }
            }
        }

        private static Open byId(String conversation) {
            return Open.newBuilder().setConversation(conversation).build();
        }

        private void inConversation(String kind, Open open, @Nullable RawPerson visitor, List<BlockKind> kinds)
                throws IOException {
            // Who has the same subject, as staff, is the same person: an admin makes what the roles then own.
            try (RawPerson me = person(tenant, Role.ADMIN, "me", open);
                    RawPerson other = person(tenant, Role.ADMIN, "other", open);
                    RawPerson runner = person(tenant, Role.SERVICE, "runner", open)) {
                for (Role role : Role.values()) {
                    if (role != Role.VISITOR) {
                        try (RawPerson person = person(tenant, role, "me", open)) {
                            new Case(kind, person, me, other, runner, visitor).all(kinds);
                        }
                    } else if (visitor != null) {
                        new Case(kind, visitor, visitor, other, runner, visitor).all(kinds);
                    }
                }
            }
        }

        private void whoMayOpen(String chat, Open article) throws IOException {
            for (Role role : Role.values()) {
                boolean ownChat = role == Role.VISITOR;
                assertThat(opens(role, "vic", byId(chat)))
                        .as("%s opens its chat", role)
                        .isEqualTo(may(role, "OPEN", "CHAT", ownChat));
                assertThat(opens(role, "stranger", byId(chat)))
                        .as("%s opens another's chat", role)
                        .isEqualTo(may(role, "OPEN", "CHAT", false));
                assertThat(opens(role, "me", article))
                        .as("%s opens an article", role)
                        .isEqualTo(role != Role.VISITOR && may(role, "OPEN", "ARTICLE", true));
                Open created = article.toBuilder().setName("by " + role).build();
                assertThat(opens(role, "me", created))
                        .as("%s creates an article", role)
                        .isEqualTo(role != Role.VISITOR && may(role, "CREATE", "ARTICLE", true));
            }
        }

        /** Nobody is answered here: who may is seen by what somebody is told who watches. */
        private void aroundConversations() throws IOException {
            Open open = Open.newBuilder().setName("waiting").build();
            try (RawPerson waiting = person(tenant, Role.VISITOR, "waiting", open);
                    RawSocket marker = RawSocket.welcomed(port(), token(tenant, Role.VISITOR, "marker"));
                    RawSocket witness = RawSocket.welcomed(port(), token(tenant, Role.ADMIN, "witness"))) {
                String conversation = waiting.chat().opened().getConversation();
                waiting.does(RawChat.create(waiting.nextBlock(), BlockKind.MESSAGE, View.PUBLIC, TEXT));
                witness.send(WATCH_SITE);
                witness.await(frame -> frame.getSite().getQueueList().stream()
                        .anyMatch(member -> member.getConversation().equals(conversation)));
                String rank = "X";
                for (Role role : Role.values()) {
                    rank += "X";
                    aroundConversations(role, arrange(conversation, rank), marker, witness);
                }
            }
        }

        private void aroundConversations(Role role, ClientFrame arrange, RawSocket marker, RawSocket witness)
                throws IOException {
            String page = "/page/" + role;
            String rank = arrange.getArrangeQueue().getRank();
            String end = "/end/" + role;
            boolean visits = may(role, "VISIT", "SITE", true);
            boolean arranges = may(role, "ARRANGE", "QUEUE", true);
            boolean watches = may(role, "WATCH", "SITE", true);
            try (RawSocket socket = RawSocket.welcomed(port(), token(tenant, role, "around"))) {
                socket.send(visit(page), arrange, PING);
                socket.await(ServerFrame::hasPong);
                marker.send(visit(end));
                Set<String> told = new HashSet<>();
                witness.await(frame -> {
                    frame.getSite().getPagesList().forEach(row -> told.add(row.getPage()));
                    frame.getSite().getQueueList().forEach(row -> told.add(row.getRank()));
                    return told.contains(end) && (!visits || told.contains(page)) && (!arranges || told.contains(rank));
                });
                assertThat(told.contains(page)).as("%s visits a page", role).isEqualTo(visits);
                assertThat(told.contains(rank))
                        .as("%s arranges the queue", role)
                        .isEqualTo(arranges);
                socket.send(WATCH_SITE, PING);
                ServerFrame answer = socket.await(frame -> frame.hasSite() || (frame.hasPong() && !watches));
                assertThat(answer.hasSite()).as("%s watches the site", role).isEqualTo(watches);
            }
        }

        private static ClientFrame visit(String page) {
            return ClientFrame.newBuilder()
                    .setVisit(Visit.newBuilder().setPage(page))
                    .build();
        }

        private static ClientFrame arrange(String conversation, String rank) {
            return ClientFrame.newBuilder()
                    .setArrangeQueue(ArrangeQueue.newBuilder()
                            .setConversation(conversation)
                            .setRank(rank))
                    .build();
        }

        /** A visitor who names an article gets a chat of that name, which is its own. */
        private boolean opens(Role role, String subject, Open open) throws IOException {
            if (role == Role.VISITOR && open.getConversation().isEmpty()) {
                try (RawPerson person = person(tenant, role, subject, open)) {
                    return !person.chat().opened().getBlocks().getAttributesList().stream()
                            .anyMatch(attribute -> attribute.getKey().equals("kind")
                                    && attribute.getValue().equals("CHAT"));
                }
            }
            try (RawSocket socket = RawSocket.welcomed(port(), token(tenant, role, subject))) {
                socket.send(ClientFrame.newBuilder().setOpen(open).build());
                ServerFrame answer = socket.await(frame -> frame.hasOpenFailed() || isAnswerTo(open, frame));
                assertThat(answer.hasOpened() || answer.getOpenFailed().getCode() == OpenFailedCode.OPEN_FORBIDDEN)
                        .as("%s", answer)
                        .isTrue();
                return answer.hasOpened();
            }
        }

        private static boolean isAnswerTo(Open open, ServerFrame frame) {
            return frame.hasOpened()
                    && (open.getConversation().isEmpty()
                            || frame.getOpened().getConversation().equals(open.getConversation()));
        }

        private boolean may(Role role, String action, String on, boolean own) {
            int row = table.deciding(action, on, own, fresh);
            if (row >= 0) {
                decided.add(row);
            }
            return table.allows(row, role);
        }

        /** One role in one conversation. */
        private final class Case {
            private final String conversation;
            private final RawPerson person;
            private final Role role;
            private final RawPerson me;
            private final RawPerson other;
            private final RawPerson runner;
            private final @Nullable RawPerson visitor;

            Case(
                    String conversation,
                    RawPerson person,
                    RawPerson me,
                    RawPerson other,
                    RawPerson runner,
                    @Nullable RawPerson visitor) {
                this.conversation = conversation;
                this.person = person;
                this.role = person.role();
                this.me = me;
                this.other = other;
                this.runner = runner;
                this.visitor = visitor;
            }

            void all(List<BlockKind> kinds) throws IOException {
                for (BlockKind kind : BlockKind.values()) {
                    if (kind != BlockKind.UNRECOGNIZED && kind != BlockKind.BLOCK_KIND_UNSPECIFIED) {
                        creates(kind, kinds.contains(kind));
                    }
                }
                for (BlockKind kind : kinds) {
                    for (boolean own : new boolean[] {true, false}) {
                        if (role != Role.VISITOR || !own || kind == BlockKind.MESSAGE) {
                            changes(kind, own);
                        }
                    }
                }
                onConversation();
            }

            private void creates(BlockKind kind, boolean placed) throws IOException {
                String block = person.nextBlock();
                Operation create = kind == BlockKind.SUGGESTION
                        ? RawChat.suggestion(block, block, TEXT)
                        : RawChat.create(block, kind, audience(kind), TEXT);
                expect(placed && may(role, "CREATE", kind.name(), true), RejectCode.FORBIDDEN, create);
                if (kind != BlockKind.SECTION) {
                    View wrong = audience(kind) == View.PUBLIC ? View.STAFF : View.PUBLIC;
                    Operation misplaced = create.toBuilder()
                            .setCreateBlock(create.getCreateBlock().toBuilder()
                                    .setBlock(person.nextBlock())
                                    .setAudience(wrong))
                            .build();
                    expect(false, RejectCode.FORBIDDEN, misplaced);
                }
                for (String key : List.of("recalled", "reaction/x/somebody", "fence")) {
                    Operation.Builder attributed = create.toBuilder();
                    attributed
                            .getCreateBlockBuilder()
                            .setBlock(person.nextBlock())
                            .addAttributesBuilder()
                            .setKey(key)
                            .setValue("1");
                    expect(false, RejectCode.FORBIDDEN, attributed.build());
                }
            }

            private void changes(BlockKind kind, boolean own) throws IOException {
                boolean hidden = role == Role.VISITOR && audience(kind) == View.STAFF;
                RejectCode otherwise = hidden ? RejectCode.UNKNOWN_BLOCK : RejectCode.FORBIDDEN;
                Target target = new Target(kind, own, hidden, otherwise);
                target.expect("EDIT", block -> RawChat.edit(block, TEXT.length(), List.of(0), "x"));
                target.expect("MOVE", block -> RawChat.move(block, "V"));
                target.expect("RECALL", block -> RawChat.set(block, "recalled", "true"));
                target.expect("PIN", block -> RawChat.set(block, "pinned", "V"));
                target.expect("REACT", block -> RawChat.set(block, "reaction/x/" + person.subject(), "1"));
                target.expect("TAG", block -> RawChat.set(block, "tag/x", "1"));
                target.expect("ATTRIBUTE", block -> RawChat.set(block, "colour", "red"));
                target.expect("REDACT", RawChat::redact);
                target.refuses(block -> RawChat.set(block, "reaction/x/somebody", "1"));
                for (String key : RESERVED) {
                    target.refuses(block -> RawChat.set(block, key, "1"));
                }
                suggests(target);
                merges(target);
                if (kind == BlockKind.DRAFT) {
                    target.expect("PUBLISH", RawChat::publish);
                    target.expect("TAKE_OVER", RawChat::takeOver);
                    target.expect("RUN", block -> RawChat.startRun(block, "run"));
                    runs(target, block -> RawChat.appendText(block, "run", 1, "x"));
                    runs(target, block -> RawChat.finishRun(block, "run", 1));
                } else if (kind != BlockKind.SUGGESTION) {
                    settles(target);
                }
            }

            private void suggests(Target target) throws IOException {
                String block = target.make();
                String suggestion = person.nextBlock();
                boolean may =
                        may(role, "CREATE", "SUGGESTION", true) && may(role, "SUGGEST", target.kind.name(), target.own);
                Walk.this.expect(
                        person,
                        !target.hidden && may,
                        target.otherwise,
                        RawChat.suggestion(suggestion, block, "better"),
                        RawChat.anchor(block, TEXT.length(), suggestion, 0, TEXT.length()));
            }

            private void settles(Target target) throws IOException {
                for (boolean ownSuggestion : new boolean[] {true, false}) {
                    // A visitor has none of its own, and sees none.
                    if (role == Role.VISITOR && ownSuggestion) {
                        continue;
                    }
                    boolean settle = may(role, "SETTLE", "SUGGESTION", ownSuggestion);
                    RejectCode otherwise = role == Role.VISITOR ? RejectCode.UNKNOWN_BLOCK : RejectCode.FORBIDDEN;
                    boolean sees = role != Role.VISITOR;
                    boolean edit = may(role, "EDIT", target.kind.name(), target.own);
                    String block = target.make();
                    String accepted = suggestion(ownSuggestion, block);
                    String dismissed = suggestion(ownSuggestion, block);
                    expect(sees && settle, otherwise, RawChat.dismiss(dismissed));
                    expect(sees && settle && edit, otherwise, RawChat.accept(accepted));
                }
            }

            private String suggestion(boolean own, String target) throws IOException {
                RawPerson author = own ? me : other;
                String suggestion = author.nextBlock();
                author.does(
                        RawChat.suggestion(suggestion, target, "better"),
                        RawChat.anchor(target, TEXT.length(), suggestion, 0, TEXT.length()));
                return suggestion;
            }

            private void merges(Target target) throws IOException {
                boolean may = may(role, "MERGE", target.kind.name(), target.own);
                expect(!target.hidden && may, target.otherwise, RawChat.merge(target.make(), target.make()));
                if (role != Role.VISITOR) {
                    Target mixed = new Target(target.kind, !target.own, false, target.otherwise);
                    boolean both = may && may(role, "MERGE", mixed.kind.name(), mixed.own);
                    expect(both, target.otherwise, RawChat.merge(target.make(), mixed.make()));
                }
            }

            private void runs(Target target, OnBlock operation) throws IOException {
                String block = target.make();
                runner.does(RawChat.startRun(block, "run"));
                boolean may = may(role, "RUN", "DRAFT", target.own);
                expect(!target.hidden && may, target.otherwise, operation.on(block));
            }

            private void onConversation() throws IOException {
                expect(may(role, "TAG", conversation, true), RejectCode.FORBIDDEN, RawChat.set("", "tag/x", "1"));
                expect(may(role, "TITLE", conversation, true), RejectCode.FORBIDDEN, RawChat.set("", "title", "T"));
                expect(may(role, "ASSIGN", conversation, true), RejectCode.FORBIDDEN, RawChat.set("", "assignee", "a"));
                expect(
                        may(role, "ATTRIBUTE", conversation, true),
                        RejectCode.FORBIDDEN,
                        RawChat.set("", "colour", "r"));
                expect(may(role, "MARK", conversation, true), RejectCode.FORBIDDEN, RawChat.advance("read", 1));
                expect(false, RejectCode.FORBIDDEN, RawChat.advance("unread", 1));
                for (String key : RESERVED) {
                    expect(false, RejectCode.FORBIDDEN, RawChat.set("", key, "1"));
                }
                String draft = person.nextBlock();
                if (conversation.equals("CHAT")) {
                    expect(may(role, "RUN", "DRAFT", true), RejectCode.FORBIDDEN, RawChat.startRun(draft, "run"));
                }
                expect(may(role, "CLOSE", conversation, true), RejectCode.FORBIDDEN, RawChat.closing());
                expect(may(role, "REOPEN", conversation, true), RejectCode.FORBIDDEN, RawChat.reopening());
                expect(may(role, "LINK", conversation, true), RejectCode.FORBIDDEN, RawChat.link("vic", "Vic"));
            }

            private void expect(boolean may, RejectCode otherwise, Operation operation) throws IOException {
                Walk.this.expect(person, may, otherwise, operation);
            }

            /** Blocks of one kind, of the person's own or not: a new one for each thing to try. */
            private final class Target {
                private final BlockKind kind;
                private final boolean own;
                private final boolean hidden;
                private final RejectCode otherwise;

                Target(BlockKind kind, boolean own, boolean hidden, RejectCode otherwise) {
                    this.kind = kind;
                    this.own = own;
                    this.hidden = hidden;
                    this.otherwise = otherwise;
                }

                /** What others have written is a visitor's where it can be. */
                String make() throws IOException {
                    boolean visitors = !own && kind == BlockKind.MESSAGE && role != Role.VISITOR;
                    RawPerson author = own ? me : visitors && visitor != null ? visitor : other;
                    String block = author.nextBlock();
                    long revision = author.does(
                            kind == BlockKind.SUGGESTION
                                    ? RawChat.suggestion(block, block, TEXT)
                                    : RawChat.create(block, kind, audience(kind), TEXT));
                    if (!hidden) {
                        person.chat().awaitRevision(revision);
                    }
                    return block;
                }

                void expect(String action, OnBlock operation) throws IOException {
                    boolean may = may(role, action, kind.name(), own);
                    Case.this.expect(!hidden && may, otherwise, operation.on(make()));
                }

                void refuses(OnBlock operation) throws IOException {
                    Case.this.expect(false, otherwise, operation.on(make()));
                }
            }
        }

        private void expect(RawPerson person, boolean may, RejectCode otherwise, Operation... operations)
                throws IOException {
            ServerFrame answer = person.submits(operations);
            RejectCode code = answer.hasEntries()
                    ? RejectCode.REJECT_CODE_UNSPECIFIED
                    : answer.getAnswer().getRejected().getCode();
            assertThat(code)
                    .as("%s in %s does %s: %s", person.role(), tenant, List.of(operations), answer)
                    .isEqualTo(may ? RejectCode.REJECT_CODE_UNSPECIFIED : otherwise);
            if (may) {
                allowed++;
            } else {
                refused++;
            }
        }
    }

    private interface OnBlock {
        Operation on(String block);
    }

    private static View audience(BlockKind kind) {
        return kind == BlockKind.MESSAGE || kind == BlockKind.TOPIC || kind == BlockKind.SECTION
                ? View.PUBLIC
                : View.STAFF;
    }

    private static RawPerson person(String tenant, Role role, String subject, Open open) throws IOException {
        return new RawPerson(role, subject, RawChat.open(port(), token(tenant, role, subject), open));
    }

    private static String token(String tenant, Role role, String subject) {
        return GATEWAY.mint().mint(tenant, new Author(subject, role, ""), TOKEN_LIFETIME);
    }

    private static int port() {
        return GATEWAY.process().port();
    }
}
