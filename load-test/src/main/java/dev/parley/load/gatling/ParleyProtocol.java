package dev.parley.load.gatling;

import io.gatling.core.CoreComponents;
import io.gatling.core.config.GatlingConfiguration;
import io.gatling.core.protocol.Protocol;
import io.gatling.core.protocol.ProtocolComponents;
import io.gatling.core.protocol.ProtocolKey;
import io.gatling.core.session.Session;
import io.gatling.javaapi.core.ProtocolBuilder;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.runtime.BoxedUnit;

/**
 * Which run the steps of a scenario belong to, as a protocol that simulations name in their setup. For any thread.
 *
 * <p>Gatling makes a simulation by the name of its class, so the run waits here for it: there is one at a time in a process.
 */
public final class ParleyProtocol implements Protocol, ProtocolBuilder {
    static final ProtocolKey<ParleyProtocol, Components> KEY = new Key();

    private static volatile @Nullable ParleyRun present;

    private final ParleyRun run;

    private ParleyProtocol(ParleyRun run) {
        this.run = run;
    }

    public static void present(ParleyRun run) {
        present = run;
    }

    /** Of the present run. */
    public static ParleyProtocol parleyProtocol() {
        ParleyRun run = present;
        if (run == null) {
            throw new IllegalStateException("no run: simulations are started by `parley-load.jar simulate`");
        }
        return new ParleyProtocol(run);
    }

    public Plan plan() {
        return run.plan();
    }

    @Override
    public Protocol protocol() {
        return this;
    }

    /** Connections stay when their user's scenario is over, so that at the end each can be asked what it shows. */
    record Components(ParleyRun run, CoreComponents gatling) implements ProtocolComponents {
        @Override
        public Function1<Session, Session> onStart() {
            return session -> session;
        }

        @Override
        public Function1<Session, BoxedUnit> onExit() {
            return session -> BoxedUnit.UNIT;
        }
    }

    private static final class Key implements ProtocolKey<ParleyProtocol, Components> {
        @Override
        @SuppressWarnings("unchecked") // Scala's signature asks for the class of the supertype
        public Class<Protocol> protocolClass() {
            return (Class<Protocol>) (Class<?>) ParleyProtocol.class;
        }

        @Override
        public ParleyProtocol defaultProtocolValue(GatlingConfiguration configuration) {
            return parleyProtocol();
        }

        @Override
        public Function1<ParleyProtocol, Components> newComponents(CoreComponents gatling) {
            return protocol -> new Components(protocol.run, gatling);
        }
    }
}
