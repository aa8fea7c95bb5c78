package dev.parley.gateway.assistant;

import java.util.List;

/** What an assistant is to answer: the last messages, and what was found for them in the tenant's articles, best first. */
record Question(List<Line> dialog, String asked, List<Passage> found) {

    /** A message, of the visitor or of the staff. */
    record Line(boolean isVisitors, String text) {}
}
