package dev.gleaner.glip.train;

import ai.djl.ndarray.NDArray;
import dev.gleaner.glip.Network;
import dev.gleaner.glip.ops.Gradients;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** What the threads of a {@link Trainer} compute with: a network each. The first one's arrays are the parameters, the others' copies of them. */
final class Lanes implements AutoCloseable {

    /** At least one. */
    private final List<Lane> lanes = new ArrayList<>();
    /** One for each lane; null for a single lane, which is the caller's. */
    private final ExecutorService threads;

    /** What one thread computes with; {@code prompt} is null but for {@link TuningMode#PROMPT}. */
    record Lane(Network network, NDArray prompt) {

        /** By name; the prompt is the last. */
        Map<String, NDArray> arrays() {
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            network.namedParameters().forEach((name, parameter) -> arrays.put(name, parameter.getArray()));
            if (prompt != null) {
                arrays.put(Trainer.PROMPT, prompt);
            }
            return arrays;
        }
    }

    /** @param made makes them, one after the other */
    Lanes(int number, Supplier<Lane> made) {
        for (int i = 0; i < number; i++) {
            lanes.add(made.get());
        }
        threads = number == 1 ? null : Executors.newFixedThreadPool(number, task -> {
            Thread thread = new Thread(task, "training-lane");
            thread.setDaemon(true);
            return thread;
        });
    }

    Lane first() {
        return lanes.get(0);
    }

    Lane get(int number) {
        return lanes.get(number);
    }

    int count() {
        return lanes.size();
    }

    /** Lets each do its work, by its number. Returns when every one is through, also if one of them fails: the next step must not meet it. */
    void each(IntConsumer work) {
        if (threads == null) {
            work.accept(0);
            return;
        }
        List<Callable<Void>> shares = new ArrayList<>();
        for (int i = 0; i < lanes.size(); i++) {
            int lane = i;
            shares.add(() -> {
                work.accept(lane);
                return null;
            });
        }
        try {
            for (Future<Void> share : threads.invokeAll(shares)) {
                share.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException fault) {
                throw fault;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while gradients were computed", e);
        }
    }

    /** Adds the other lanes' gradients to the first one's, in the lanes' order. @param names of the parameters that have some */
    void gather(Set<String> names) {
        others((parameters, arrays) -> names.forEach(name -> parameters.get(name).getGradient().addi(arrays.get(name).getGradient())));
    }

    /** Gives the other lanes the parameters as they are now. @param names of those that change */
    void handOut(Set<String> names) {
        others((parameters, arrays) -> names.forEach(name -> parameters.get(name).copyTo(arrays.get(name))));
    }

    /** @param work is given the arrays of the first lane, and those of each other */
    private void others(BiConsumer<Map<String, NDArray>, Map<String, NDArray>> work) {
        if (lanes.size() == 1) {
            return;
        }
        Gradients.ignore(() -> {
            Map<String, NDArray> parameters = first().arrays();
            lanes.subList(1, lanes.size()).forEach(lane -> work.accept(parameters, lane.arrays()));
            return null;
        });
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.shutdownNow();
        }
    }
}
