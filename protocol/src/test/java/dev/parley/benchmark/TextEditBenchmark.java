package dev.parley.benchmark;

import dev.parley.ot.Side;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The text algebra, on a draft of 2,000 characters. On the harness's thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TextEditBenchmark {
    private final Text text = Text.of("Thank you for asking. ".repeat(91).substring(0, 2_000));
    private final TextEdit typed = TextEdit.insert(1_200, "e");
    private final TextEdit typedAfter = TextEdit.insert(1_201, "s");
    private final TextEdit typedEarlier = TextEdit.insert(300, "x");
    private final TextEdit deletedLater = TextEdit.delete(1_700, 1);
    /** What somebody wrote here and there while a submission was on its way. */
    private final TextEdit gathered = TextEdit.builder()
            .retain(100)
            .insert(Text.of("dear "))
            .retain(400)
            .delete(12)
            .retain(800)
            .insert(Text.of("soon"))
            .delete(5)
            .build();

    @Benchmark
    public TextEdit transformKeystrokePastOneBefore() {
        return typed.transform(typedEarlier, Side.LEFT);
    }

    @Benchmark
    public TextEdit transformKeystrokePastOneBehind() {
        return typed.transform(deletedLater, Side.LEFT);
    }

    @Benchmark
    public TextEdit transformGatheredPastKeystroke() {
        return gathered.transform(typed, Side.LEFT);
    }

    @Benchmark
    public TextEdit composeTwoKeystrokes() {
        return typed.compose(typedAfter);
    }

    @Benchmark
    public TextEdit composeGatheredWithKeystroke() {
        return gathered.compose(typed);
    }

    @Benchmark
    public Text applyKeystroke() {
        return typed.apply(text);
    }

    @Benchmark
    public Text applyGathered() {
        return gathered.apply(text);
    }
}
