package dev.parley.gateway.transport;

import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;

/** Makes whole requests, but for those whose body is read as it comes. On the event loop. */
final class RequestAggregator extends HttpObjectAggregator {
    private final PlainHttp http;

    RequestAggregator(int bodyBytesMax, PlainHttp http) {
        super(bodyBytesMax);
        this.http = http;
    }

    @Override
    protected boolean isStartMessage(HttpObject message) throws Exception {
        return super.isStartMessage(message) && !(message instanceof HttpRequest head && http.streams(head));
    }
}
