package dev.parley.wire;

import dev.parley.conversation.Author;
import dev.parley.conversation.Authorship;
import java.util.ArrayList;
import java.util.List;

/** Who wrote which part of a text: the authors, and pairs of a length and an index of them. */
public final class AuthorshipCodec {
    private AuthorshipCodec() {}

    public static List<dev.parley.wire.v1.Author> authors(Authorship authorship) {
        return authorship.authors().stream().map(AuthorCodec::encode).toList();
    }

    public static List<Integer> runs(Authorship authorship) {
        List<Integer> wire = new ArrayList<>(2 * authorship.runs().size());
        for (Authorship.Run run : authorship.runs()) {
            wire.add(run.length());
            wire.add(run.author());
        }
        return wire;
    }

    public static Authorship decode(List<dev.parley.wire.v1.Author> wireAuthors, List<Integer> wireRuns)
            throws WireException {
        List<Author> authors = new ArrayList<>(wireAuthors.size());
        for (dev.parley.wire.v1.Author author : wireAuthors) {
            authors.add(AuthorCodec.decode(author));
        }
        if (wireRuns.size() % 2 != 0) {
            throw new WireException("authorship has half a pair");
        }
        List<Authorship.Run> runs = new ArrayList<>(wireRuns.size() / 2);
        for (int i = 0; i < wireRuns.size(); i += 2) {
            int length = wireRuns.get(i);
            int author = wireRuns.get(i + 1);
            if (length <= 0 || author < 0 || author >= authors.size()) {
                throw new WireException("authorship names nobody, or nothing");
            }
            runs.add(new Authorship.Run(length, author));
        }
        return new Authorship(List.copyOf(authors), List.copyOf(runs));
    }
}
