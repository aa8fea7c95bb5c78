package dev.parley.gateway.http;

import dev.parley.conversation.RejectCode;
import dev.parley.gateway.assistant.Run;
import dev.parley.gateway.assistant.RunName;
import dev.parley.gateway.assistant.RunOutcome;
import dev.parley.gateway.assistant.RunRequest;
import dev.parley.gateway.assistant.RunStatus;
import dev.parley.gateway.assistant.Runs;
import dev.parley.gateway.transport.Node;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * {@code POST /v1/conversations/{id}/runs?run=&block=&offset=&onBehalfOf=&model=}: the body, plain text in UTF-8, goes into a
 * draft as it comes. On the event loop of the connection.
 */
public final class RunRoute implements StreamedRoute {
    private static final PathTemplate PATH = PathTemplate.of("/v1/conversations/{id}/runs");

    private final Authentication authentication;
    private final int idLengthMax;
    private final Runs runs;

    public RunRoute(Node node, Runs runs) {
        this.authentication = new Authentication(node.tokens());
        this.idLengthMax = node.limits().idLengthMax();
        this.runs = runs;
    }

    @Override
    public boolean takes(HttpRequest head) {
        return HttpMethod.POST.equals(head.method()) && PATH.match(head) != null;
    }

    @Override
    public Upload begin(HttpRequest head, Exchange exchange) {
        try {
            return new Body(runs.begin(request(head, exchange), exchange.loop(), new Caller(exchange)));
        } catch (RuntimeException e) {
            exchange.answer(ApiRoute.failed(e));
            return new Unread();
        }
    }

    private RunRequest request(HttpRequest head, Exchange exchange) {
        Map<String, String> path = PATH.match(head);
        ApiRequest request = new ApiRequest(
                authentication.principal(head),
                path == null ? Map.of() : path,
                ApiRoute.parameters(new QueryStringDecoder(head.uri())),
                head.headers(),
                new byte[0],
                exchange.loop());
        String run = request.parameter("run", idLengthMax);
        if (run.isEmpty()) {
            run = UUID.randomUUID().toString();
        } else if (!RunName.isUsable(run)) {
            throw new ProblemException(ProblemType.MALFORMED, "run has to be 1 to 64 letters, digits, _ or -");
        }
        return new RunRequest(
                RunName.of(request.conversation(), request.principal(), run),
                request.principal(),
                request.parameter("block", idLengthMax),
                (int) request.number("offset", 0, 0, Integer.MAX_VALUE),
                request.parameter("onBehalfOf", idLengthMax),
                request.parameter("model", idLengthMax));
    }

    private record Body(Run run) implements Upload {
        @Override
        public void read(ByteBuf piece) {
            run.read(piece.nioBuffer());
        }

        @Override
        public void end() {
            run.endOfBody();
        }

        @Override
        public void abort() {
            run.abort();
        }
    }

    /** The body of a request that was answered already. */
    private record Unread() implements Upload {
        @Override
        public void read(ByteBuf piece) {}

        @Override
        public void end() {}

        @Override
        public void abort() {}
    }

    private record Caller(Exchange exchange) implements Run.Caller {
        @Override
        public void more() {
            exchange.more();
        }

        @Override
        public void tell(RunOutcome outcome) {
            exchange.answer(page(outcome));
        }

        @Override
        public void after(long millis, Runnable task) {
            exchange.after(millis, task);
        }
    }

    private static Page page(RunOutcome outcome) {
        if (outcome instanceof RunOutcome.Finished finished) {
            return Json.page(HttpResponseStatus.OK, json(finished.status()));
        } else if (outcome instanceof RunOutcome.Failed failed) {
            return ApiRoute.failed(failed.cause());
        }
        return problem(outcome).page();
    }

    private static Problem problem(RunOutcome outcome) {
        if (outcome instanceof RunOutcome.Interrupted interrupted) {
            Map<String, Object> more = json(interrupted.status());
            more.put("reason", code(interrupted.reason()));
            return Problem.of(ProblemType.INTERRUPTED, "").with(more);
        } else if (outcome instanceof RunOutcome.Rejected rejected) {
            Map<String, Object> more = json(rejected.status());
            more.put("reason", rejected.code().name());
            boolean forbidden = rejected.code() == RejectCode.FORBIDDEN;
            return Problem.of(forbidden ? ProblemType.FORBIDDEN : ProblemType.REJECTED, "")
                    .with(more);
        } else if (outcome instanceof RunOutcome.IllFormed illFormed) {
            return Problem.of(ProblemType.MALFORMED, "the body is not UTF-8").with(json(illFormed.status()));
        } else if (outcome instanceof RunOutcome.Mismatch mismatch) {
            return Problem.of(ProblemType.OFFSET_MISMATCH, "").with(json(mismatch.status()));
        } else if (outcome instanceof RunOutcome.NotOpened notOpened) {
            return Visit.problem(notOpened.failure());
        }
        throw new IllegalArgumentException("no problem: " + outcome);
    }

    static Map<String, Object> json(RunStatus status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("run", status.run());
        json.put("block", status.block());
        json.put("fence", status.fence());
        json.put("written", status.written());
        json.put("state", code(status.state()));
        return json;
    }

    private static String code(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
