package dev.parley.conversation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The keys of attributes: who may see which, and how a Set changes them. */
public final class Attributes {
    public static final String KIND = "kind";
    public static final String VISITOR = "visitor";
    public static final String VISITOR_NAME = "visitorName";
    public static final String NAME = "name";
    public static final String STATE = "state";
    public static final String ASSIGNEE = "assignee";
    public static final String TITLE = "title";
    public static final String RECALLED = "recalled";

    /** Its value is a rank: pinned messages are a list. */
    public static final String PINNED = "pinned";

    /** Of a suggestion: the block that it would change. */
    public static final String TARGET = "target";

    /** Of a draft: the number of its last run or take-over. */
    public static final String FENCE = "fence";

    public static final String OPEN = "open";
    public static final String CLOSED = "closed";
    public static final String ACCEPTED = "accepted";
    public static final String DISMISSED = "dismissed";
    public static final String READ = "read";

    public static final SortedMap<String, String> NONE = Collections.emptySortedMap();

    private static final String TAG_PREFIX = "tag/";
    private static final Set<String> PUBLIC = Set.of(KIND, VISITOR, VISITOR_NAME, NAME, STATE, TITLE, RECALLED, PINNED);

    private Attributes() {}

    /** Whether the PUBLIC view has attributes with this key; by key alone, so that it never changes. */
    public static boolean isPublic(String key) {
        return PUBLIC.contains(key) || key.startsWith("read/") || key.startsWith("reaction/");
    }

    /** The attributes that the PUBLIC view has. */
    public static SortedMap<String, String> publicOnly(SortedMap<String, String> attributes) {
        if (attributes.keySet().stream().allMatch(Attributes::isPublic)) {
            return attributes;
        }
        SortedMap<String, String> visible = new TreeMap<>(attributes);
        visible.keySet().removeIf(key -> !isPublic(key));
        return Collections.unmodifiableSortedMap(visible);
    }

    /** The key of an author's own marker, such as {@code read/ann}. */
    public static String marker(String key, Author author) {
        return key + "/" + author.subject();
    }

    /** What a conversation or a block is tagged with: {@code x} for an attribute {@code tag/x}. Sorted. */
    public static List<String> tags(SortedMap<String, String> attributes) {
        List<String> tags = new ArrayList<>();
        for (String key : attributes.tailMap(TAG_PREFIX).keySet()) {
            if (!key.startsWith(TAG_PREFIX)) {
                break;
            }
            tags.add(key.substring(TAG_PREFIX.length()));
        }
        return List.copyOf(tags);
    }

    static SortedMap<String, String> with(SortedMap<String, String> attributes, Effect.Set set) {
        String before = attributes.getOrDefault(set.key(), "");
        String after = set.advance() ? larger(before, set.value()) : set.value();
        if (after.equals(before)) {
            return attributes;
        }
        SortedMap<String, String> changed = new TreeMap<>(attributes);
        if (after.isEmpty()) {
            changed.remove(set.key());
        } else {
            changed.put(set.key(), after);
        }
        return Collections.unmodifiableSortedMap(changed);
    }

    /** Of two decimal numbers without leading zeros; an absent one is smaller. */
    private static String larger(String a, String b) {
        int byLength = Integer.compare(a.length(), b.length());
        return (byLength != 0 ? byLength : a.compareTo(b)) >= 0 ? a : b;
    }
}
