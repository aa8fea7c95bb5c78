package dev.parley.gateway.assistant;

import java.io.IOException;

/** Writes an answer, token by token. Blocks: on a thread of its own. */
interface Assistant {

    /** For the audit. */
    String model();

    void answer(Question question, TokenSink sink) throws IOException, InterruptedException;

    /** Where the text goes. */
    interface TokenSink {

        /** Throws {@link RunEndedException} when nobody wants any more. */
        void write(String token) throws IOException;
    }
}
