package dev.gleaner.batch.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReadAheadTest {

    private final ExecutorService executor = Executors.newFixedThreadPool(4);

    @AfterEach
    void shutDown() {
        executor.shutdownNow();
    }

    @Test
    void handsOutInTheSourcesOrder() throws InterruptedException {
        CountDownLatch second = new CountDownLatch(1);
        var results = new ReadAhead<>(List.of(1, 2).iterator(), item -> {
            if (item == 1) {
                await(second);
            } else {
                second.countDown();
            }
            return item * 10;
        }, executor, 2);

        assertThat(results.next()).as("though the second was ready first").isEqualTo(10);
        assertThat(results.next()).isEqualTo(20);
        assertThat(results.next()).isNull();
    }

    @Test
    void worksAheadButNotFurtherThanItsDepth() throws InterruptedException {
        Set<Integer> begun = ConcurrentHashMap.newKeySet();
        CountDownLatch three = new CountDownLatch(3);
        var results = new ReadAhead<>(List.of(1, 2, 3, 4, 5).iterator(), item -> {
            begun.add(item);
            three.countDown();
            return item;
        }, executor, 3);

        results.next();
        await(three);

        assertThat(begun).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void throwsWhatTheWorkThrewWhenItsTurnComes() throws InterruptedException {
        var results = new ReadAhead<>(List.of(1, 2).iterator(), item -> {
            if (item == 2) {
                throw new OutOfMemoryError("no room");
            }
            return item;
        }, executor, 2);

        assertThat(results.next()).isEqualTo(1);
        assertThatThrownBy(results::next).isInstanceOf(IllegalStateException.class).hasRootCauseMessage("no room");
    }

    @Test
    void waitsForWhatIsBeingWorkedOnWhenItCloses() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Set<Integer> finished = ConcurrentHashMap.newKeySet();
        var results = new ReadAhead<>(List.of(1, 2).iterator(), item -> {
            if (item == 2) {
                begun.countDown();
                await(go);
                finished.add(item);
            }
            return item;
        }, executor, 2);
        results.next();
        await(begun);

        Thread closing = new Thread(results::close);
        closing.start();
        closing.join(100);
        assertThat(closing.isAlive()).isTrue();
        go.countDown();
        closing.join();

        assertThat(finished).containsExactly(2);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
