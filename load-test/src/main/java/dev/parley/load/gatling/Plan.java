package dev.parley.load.gatling;

import org.jspecify.annotations.Nullable;

/** How large a simulation shall be, where whoever runs it has said so. */
public record Plan(
        @Nullable Integer users,
        @Nullable Integer tabs,
        @Nullable Double perSecond,
        @Nullable Integer seconds) {
    public int users(int byDefault) {
        return users == null ? byDefault : users;
    }

    public Tabs tabs(int byDefault) {
        return new Tabs(tabs == null ? byDefault : tabs);
    }

    public double perSecond(double byDefault) {
        return perSecond == null ? byDefault : perSecond;
    }

    public int seconds(int byDefault) {
        return seconds == null ? byDefault : seconds;
    }
}
