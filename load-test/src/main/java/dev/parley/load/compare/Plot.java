package dev.parley.load.compare;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A report as bars: one panel for each quantity, one bar for each server. An SVG that is read on light and on dark. */
final class Plot {
    private static final int WIDTH = 780;
    private static final int LABELS = 260;
    private static final int BARS = 330;
    private static final int ROW = 22;
    private static final int HEADING = 34;
    private static final int MARGIN = 12;
    private static final String STYLE = """
            text { font: 13px system-ui, sans-serif; fill: #1f2328; }
            .heading { font-weight: 600; }
            .small { fill: #59636e; font-size: 12px; }
            .parley { fill: #0969da; }
            .other { fill: #8c959f; }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3; }
              .small { fill: #9198a1; }
              .parley { fill: #4493f8; }
              .other { fill: #656c76; }
            }
            """;

    private final Report report;
    private final StringBuilder svg = new StringBuilder();
    private int y = MARGIN;

    private Plot(Report report) {
        this.report = report;
    }

    static String of(Report report) {
        return new Plot(report).draw();
    }

    private String draw() {
        report.quantities().forEach(this::panel);
        return String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">
                <style>
                %s</style>
                %s</svg>
                """, WIDTH, y + MARGIN, WIDTH, y + MARGIN, STYLE, svg);
    }

    private void panel(Quantity quantity) {
        List<ServerKind> measured = report.servers().stream()
                .filter(server -> report.finding(quantity, server)
                        .filter(finding -> finding.quiet() > 0)
                        .isPresent())
                .toList();
        if (measured.isEmpty()) {
            return;
        }
        double largest = measured.stream()
                .mapToDouble(
                        server -> report.finding(quantity, server).orElseThrow().median())
                .max()
                .orElse(1);
        text(MARGIN, y + 18, "heading", quantity.measure().label() + ": " + quantity.name() + ", " + quantity.at());
        y += HEADING;
        Optional<ServerKind> parley =
                measured.stream().filter(ServerKind::isParley).findFirst();
        for (ServerKind server : measured) {
            Report.Finding finding = report.finding(quantity, server).orElseThrow();
            double width = largest <= 0 ? 0 : Math.max(1, finding.median() / largest * BARS);
            text(MARGIN, y + 14, "", server.description());
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" class=\"%s\"/>%n",
                    LABELS,
                    y + 2,
                    width,
                    ROW - 6,
                    server.isParley() ? "parley" : "other"));
            String ratio = parley.filter(each -> each != server)
                    .map(each -> report.ratio(quantity, each, server))
                    .filter(text -> !text.isEmpty() && !text.startsWith("–"))
                    .map(text -> ", " + parley.get().label() + " ÷ it " + text)
                    .orElse("");
            text(LABELS + (int) width + 6, y + 14, "small", finding.value(quantity.unit()) + ratio);
            y += ROW;
        }
        y += MARGIN;
    }

    private void text(int x, int baseline, String kind, String content) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\"%s>%s</text>%n",
                x,
                baseline,
                kind.isEmpty() ? "" : " class=\"" + kind + "\"",
                escaped(content)));
    }

    private static String escaped(String content) {
        return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
