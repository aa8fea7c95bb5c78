package dev.parley.load.gatling;

/** What is timed, under the name that Gatling reports it by. */
enum Step {
    CONNECT("connect"),
    SNAPSHOT("snapshot"),
    RESUME("resume"),
    MOVED("moved"),
    SAVED("saved"),
    SAVED_AFTER_RESUME("saved after resume"),
    DELIVERED_TO_TAB("delivered to other tab"),
    DELIVERED_TO_STAFF("delivered to staff"),
    DELIVERED_TO_VISITOR("delivered to visitor"),
    TAKE_OVER("take-over"),
    ALL_DELIVERED("all delivered");

    private final String label;

    Step(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
