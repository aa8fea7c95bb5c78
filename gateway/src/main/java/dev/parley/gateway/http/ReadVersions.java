package dev.parley.gateway.http;

import dev.parley.conversation.Versions;
import dev.parley.conversation.Versions.Merges;
import dev.parley.conversation.Versions.Version;
import dev.parley.gateway.transport.Node;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code GET /v1/conversations/{id}/blocks/{block}/versions?after=&limit=}: a block's text through time, for staff. */
record ReadVersions(Node node) implements Endpoint {
    private static final int LIMIT = 50;
    private static final int LIMIT_MAX = 100;

    @Override
    public CompletionStage<Page> answer(ApiRequest request) {
        Visit.requireStaff(request);
        String block = request.id("block");
        long after = request.number("after", 0, 0, Long.MAX_VALUE);
        int limit = (int) request.number("limit", LIMIT, 1, LIMIT_MAX);
        LogPages log = new LogPages(node.store(), request.conversation());
        Merges merges = new Merges();
        return Visit.of(node, request).look().thenCompose(opened -> {
            long head = opened.catchUp().position().revision();
            return log.whileWanted(0, head, entry -> {
                        merges.add(entry.entry());
                        return true;
                    })
                    .thenCompose(done -> versions(log, head, new Versions(block, merges, after, limit)))
                    .thenApply(versions -> page(block, after, versions));
        });
    }

    private static CompletionStage<Versions> versions(LogPages log, long head, Versions versions) {
        return log.whileWanted(0, head, entry -> {
                    versions.add(entry.entry());
                    return !versions.isFull();
                })
                .thenApply(done -> versions);
    }

    private static Page page(String block, long after, Versions versions) {
        List<Version> all = versions.all();
        if (all.isEmpty() && after == 0) {
            throw new ProblemException(ProblemType.NOT_FOUND, "");
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("block", block);
        if (versions.isErased()) {
            json.put("erased", true);
        }
        json.put("versions", all.stream().map(ReadVersions::version).toList());
        if (versions.isFull()) {
            json.put("next", all.get(all.size() - 1).revision());
        }
        return Json.page(HttpResponseStatus.OK, json);
    }

    private static Map<String, Object> version(Version version) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("firstRevision", version.firstRevision());
        json.put("revision", version.revision());
        json.put("firstTime", ModelJson.time(version.firstTimeMillis()));
        json.put("time", ModelJson.time(version.timeMillis()));
        json.put("author", ModelJson.author(version.author()));
        ModelJson.origin(json, version.origin());
        if (!version.command().isEmpty()) {
            json.put("command", version.command());
        }
        json.put("text", version.text().toString());
        json.put("edit", ModelJson.edit(version.edit()));
        json.put("authorship", ModelJson.authorship(version.authorship()));
        return json;
    }
}
