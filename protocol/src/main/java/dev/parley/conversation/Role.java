package dev.parley.conversation;

/** What a principal is in its tenant. */
public enum Role {
    VISITOR,
    AGENT,
    ADMIN,
    ASSISTANT,
    SERVICE;

    public View view() {
        return this == VISITOR ? View.PUBLIC : View.STAFF;
    }

    public boolean isStaff() {
        return this != VISITOR;
    }
}
