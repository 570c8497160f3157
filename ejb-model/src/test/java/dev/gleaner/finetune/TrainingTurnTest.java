package dev.gleaner.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class TrainingTurnTest {

    private final TrainingTurn turn = new TrainingTurn();

    @Test
    void oneTrainsAndTheOtherWaits() throws Exception {
        assertThat(turn.isFree()).isTrue();
        assertThat(turn.take()).isTrue();
        assertThat(turn.isFree()).isFalse();
        assertThat(turn.take()).isFalse();

        CompletableFuture<Boolean> second = CompletableFuture.supplyAsync(() -> turn.await(() -> false));
        turn.giveBack();
        assertThat(second.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(turn.isFree()).isFalse();
    }

    @Test
    void whoeverIsAskedToStopWaitsNoLonger() throws Exception {
        turn.take();
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Boolean> second = CompletableFuture.supplyAsync(() -> turn.await(stop::get));
        stop.set(true);
        assertThat(second.get(30, TimeUnit.SECONDS)).isFalse();
        turn.giveBack();
        assertThat(turn.isFree()).isTrue();
    }
}
