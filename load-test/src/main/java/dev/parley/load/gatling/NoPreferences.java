package dev.parley.load.gatling;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.prefs.AbstractPreferences;
import java.util.prefs.Preferences;
import java.util.prefs.PreferencesFactory;
import org.jspecify.annotations.Nullable;

/**
 * Preferences that are nobody's, made by the JDK by this class's name. Gatling asks Maven Central once a day whether there is a
 * newer release, and remembers that in the user's home: a load test does neither. For any thread.
 */
public final class NoPreferences implements PreferencesFactory {
    private static final Preferences ROOT = new Node(null, "");

    /** From here on, unless somebody has asked for preferences already. */
    public static void use() {
        System.setProperty(PreferencesFactory.class.getName(), NoPreferences.class.getName());
        Preferences release = Preferences.userRoot().node("/io/gatling/latestVersion");
        release.putLong("lastCheckTimestamp", System.currentTimeMillis());
        release.putBoolean("lastCheckSuccess", false);
    }

    @Override
    public Preferences systemRoot() {
        return ROOT;
    }

    @Override
    public Preferences userRoot() {
        return ROOT;
    }

    private static final class Node extends AbstractPreferences {
        private final Map<String, String> values = new ConcurrentHashMap<>();

        Node(@Nullable AbstractPreferences parent, String name) {
            super(parent, name);
        }

        @Override
        protected void putSpi(String key, String value) {
            values.put(key, value);
        }

        @Override
        protected @Nullable String getSpi(String key) {
            return values.get(key);
        }

        @Override
        protected void removeSpi(String key) {
            values.remove(key);
        }

        @Override
        protected void removeNodeSpi() {
            values.clear();
        }

        @Override
        protected String[] keysSpi() {
            return values.keySet().toArray(String[]::new);
        }

        @Override
        protected String[] childrenNamesSpi() {
            return new String[0];
        }

        @Override
        protected AbstractPreferences childSpi(String name) {
            return new Node(this, name);
        }

        @Override
        protected void syncSpi() {}

        @Override
        protected void flushSpi() {}
    }
}
