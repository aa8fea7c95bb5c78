package dev.parley.gateway.session;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The web origins whose pages may connect, compared whole. A request without an Origin header does not come from a page in
 * a browser and is decided by its token alone.
 */
public record Origins(Set<String> allowed) {

    public Origins(Collection<String> allowed) {
        this(Set.copyOf(allowed));
    }

    public boolean allows(List<String> originHeaders) {
        return originHeaders.isEmpty() || (originHeaders.size() == 1 && allowed.contains(originHeaders.get(0)));
    }
}
