package dev.parley.gateway.assistant;

import dev.parley.conversation.Origin;
import dev.parley.conversation.Source;
import dev.parley.gateway.session.Principal;

/**
 * What the caller of a run says before its text.
 *
 * @param block the draft to write into; empty for one of its own
 * @param offset how many code points of the run's text are not sent again
 */
public record RunRequest(RunName name, Principal principal, String block, int offset, String onBehalfOf, String model) {

    String blockOrOwn() {
        return block.isEmpty() ? name.outbox() + ".1" : block;
    }

    Origin origin() {
        return new Origin(Source.AI, onBehalfOf, name.run(), model);
    }
}
