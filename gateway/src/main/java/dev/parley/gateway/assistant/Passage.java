package dev.parley.gateway.assistant;

/** A section of an article. */
record Passage(String article, String heading, String text) {

    /** The first line of a section is its heading, if more follows. */
    static Passage of(String article, String section) {
        String whole = section.strip();
        int lineEnd = whole.indexOf('\n');
        return lineEnd < 0
                ? new Passage(article, "", whole)
                : new Passage(
                        article,
                        whole.substring(0, lineEnd).strip(),
                        whole.substring(lineEnd).strip());
    }
}
