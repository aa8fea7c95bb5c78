package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** A report as an SVG. */
final class PlotTest {
    private static final Quantity RATE =
            Quantity.of(Measure.SATURATION, new Shape(200), "acknowledged", "operations/s");

    private final List<Sample> samples = new ArrayList<>();

    @Test
    void drawsABarForEachServerAsLongAsItsFigure() throws Exception {
        quiet(ServerKind.PARLEY, RATE, 50);
        quiet(ServerKind.NETTY, RATE, 100);

        NodeList bars = parsed().getElementsByTagName("rect");

        assertThat(bars.getLength()).isEqualTo(2);
        assertThat(width(bars.item(0))).isEqualTo(width(bars.item(1)) / 2);
        assertThat(((Element) bars.item(0)).getAttribute("class")).isEqualTo("parley");
        assertThat(((Element) bars.item(1)).getAttribute("class")).isEqualTo("other");
    }

    @Test
    void writesTheFigureAndTheRatioBesideTheBar() {
        quiet(ServerKind.PARLEY, RATE, 50);
        quiet(ServerKind.NETTY, RATE, 100);

        assertThat(plot()).contains("100 operations/s, parley ÷ it 0.50");
    }

    @Test
    void writesNoRatioThatMayNotBeTold() {
        quiet(ServerKind.PARLEY, RATE, 50);
        samples.add(new Sample(ServerKind.NETTY, RATE, 100, true, true, ""));

        assertThat(plot()).contains("≥ 100 operations/s").doesNotContain("÷");
    }

    @Test
    void leavesOutWhatHasNoQuietWindow() throws Exception {
        samples.add(new Sample(ServerKind.NETTY, RATE, 100, false, false, ""));

        assertThat(parsed().getElementsByTagName("text").getLength()).isZero();
    }

    @Test
    void hasColoursForLightAndForDark() {
        assertThat(plot()).contains("prefers-color-scheme: dark");
    }

    @Test
    void isWellFormedWhateverIsCalledWhat() throws Exception {
        quiet(ServerKind.NETTY, Quantity.of(Measure.CLOSED, new Shape(1), "a <b> & \"c\"", "µs"), 0);

        assertThat(parsed().getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(plot()).contains("closed: a &lt;b&gt; &amp;");
    }

    private void quiet(ServerKind server, Quantity quantity, double value) {
        IntStream.range(0, Report.QUIET_MIN)
                .forEach(i -> samples.add(new Sample(server, quantity, value, true, false, "")));
    }

    private String plot() {
        return Plot.of(new Report(List.of(ServerKind.PARLEY, ServerKind.NETTY), samples));
    }

    private Document parsed() throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(plot())));
    }

    private static double width(org.w3c.dom.Node bar) {
        return Double.parseDouble(((Element) bar).getAttribute("width"));
    }
}
