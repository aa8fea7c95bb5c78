package dev.parley.load.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** What may be said of samples: medians, and how Parley's relate to the others'. Immutable. */
final class Report {
    /** Of fewer quiet samples a ratio is no result. */
    static final int QUIET_MIN = 5;

    private final List<ServerKind> servers;
    private final List<Sample> samples;

    Report(List<ServerKind> servers, List<Sample> samples) {
        this.servers = List.copyOf(servers);
        this.samples = List.copyOf(samples);
    }

    /**
     * What the samples of a server come to.
     *
     * @param median of the quiet ones; where there is none, of those that are there
     * @param isBound whether the generator was full in any: there may be more to the server
     * @param fault why nothing may be concluded; empty: it may
     */
    record Finding(double median, int quiet, int taken, boolean isBound, String fault) {
        String value(String unit) {
            String value = (isBound ? "≥ " : "") + number(median) + " " + unit;
            return quiet == 0 ? "(noisy: " + value + ")" : value;
        }
    }

    SortedSet<Quantity> quantities() {
        SortedSet<Quantity> quantities = new TreeSet<>();
        samples.forEach(sample -> quantities.add(sample.quantity()));
        return quantities;
    }

    List<ServerKind> servers() {
        return servers;
    }

    /** Empty if there is no sample. */
    Optional<Finding> finding(Quantity quantity, ServerKind server) {
        List<Sample> all = samples.stream()
                .filter(sample -> sample.quantity().equals(quantity) && sample.server() == server)
                .toList();
        if (all.isEmpty()) {
            return Optional.empty();
        }
        List<Sample> quiet = all.stream().filter(Sample::isQuiet).toList();
        String fault = all.stream()
                .map(Sample::fault)
                .filter(each -> !each.isEmpty())
                .findFirst()
                .orElse("");
        return Optional.of(new Finding(
                median((quiet.isEmpty() ? all : quiet)
                        .stream().mapToDouble(Sample::value).toArray()),
                quiet.size(),
                all.size(),
                all.stream().anyMatch(Sample::isBound),
                fault));
    }

    /** Of one or more. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** How many times the other's a server's median is; where that must not be said, why. */
    String ratio(Quantity quantity, ServerKind server, ServerKind other) {
        Optional<Finding> ours = finding(quantity, server);
        Optional<Finding> theirs = finding(quantity, other);
        if (ours.isEmpty() || theirs.isEmpty()) {
            return "";
        }
        for (Finding finding : List.of(ours.get(), theirs.get())) {
            if (!finding.fault().isEmpty()) {
                return "– (" + finding.fault() + ")";
            }
        }
        int quiet = Math.min(ours.get().quiet(), theirs.get().quiet());
        if (quiet == 0) {
            return "– (no quiet window)";
        }
        if (ours.get().isBound() || theirs.get().isBound()) {
            return "– (generator full)";
        }
        if (theirs.get().median() == 0) {
            return "– (nothing to relate to)";
        }
        String ratio = String.format(
                Locale.ROOT, "%.2f", ours.get().median() / theirs.get().median());
        return quiet < QUIET_MIN ? "~" + ratio + " (" + quiet + " quiet)" : ratio;
    }

    /** Tables in Markdown, one for each measure. */
    String markdown() {
        List<ServerKind> parleys = servers.stream().filter(ServerKind::isParley).toList();
        StringBuilder text = new StringBuilder();
        List<Measure> told = new ArrayList<>();
        for (Quantity quantity : quantities()) {
            if (!told.contains(quantity.measure())) {
                told.add(quantity.measure());
                heading(text, quantity.measure(), parleys);
            }
            for (ServerKind server : servers) {
                finding(quantity, server).ifPresent(finding -> {
                    text.append("| ").append(quantity.name()).append(", ").append(quantity.at());
                    text.append(" | ").append(server.description());
                    text.append(" | ").append(finding.value(quantity.unit()));
                    text.append(" | ").append(finding.quiet()).append(" of ").append(finding.taken());
                    for (ServerKind parley : parleys) {
                        text.append(" | ").append(parley == server ? "" : ratio(quantity, parley, server));
                    }
                    text.append(" |\n");
                });
            }
        }
        return text.toString();
    }

    private static void heading(StringBuilder text, Measure measure, List<ServerKind> parleys) {
        text.append(text.isEmpty() ? "" : "\n");
        text.append("**").append(measure.label()).append("**: ").append(measure.description());
        text.append("\n\n| what | server | median | quiet windows");
        parleys.forEach(parley -> text.append(" | ").append(parley.label()).append(" ÷ it"));
        text.append(" |\n|---|---|--:|--:")
                .append("|--:".repeat(parleys.size()))
                .append("|\n");
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }
}
