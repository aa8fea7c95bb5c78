package dev.parley.conversation;

/** Who wrote something. {@code name} is for display and may be empty. */
public record Author(String subject, Role role, String name) {
    /** The author of what the gateway itself writes. */
    public static final Author GATEWAY = new Author("", Role.SERVICE, "");

    public boolean is(Author other) {
        return subject.equals(other.subject) && role.isStaff() == other.role.isStaff();
    }
}
