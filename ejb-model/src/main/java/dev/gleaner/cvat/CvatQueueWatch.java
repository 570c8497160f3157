package dev.gleaner.cvat;

import dev.gleaner.cvat.CvatClient.Refused;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Has an agent work whenever there may be something to do: when CVAT tells so by a server-sent event, and now and then, more often while CVAT
 * cannot tell.
 */
final class CvatQueueWatch {

    private static final System.Logger LOG = System.getLogger(CvatQueueWatch.class.getName());
    private static final double JITTER = 0.15;

    /**
     * How long is waited.
     *
     * @param often    between two looks while CVAT does not tell
     * @param seldom   while it does, and before its line is tried again, at most
     */
    record Pace(Duration often, Duration seldom) {
        static final Pace USUAL = new Pace(Duration.ofSeconds(60), Duration.ofMinutes(10));
    }

    private final CvatAgent agent;
    private final CvatClient client;
    private final CvatAgent.Post post;
    private final Pace pace;
    private final Consumer<String> failed;
    private final Thread worker;
    private final Thread listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean work = true;
    private boolean told;
    private boolean stopped;
    private InputStream line;
    private Duration reconnect;

    /**
     * Begins at once.
     *
     * @param failed takes what does not work, for people to see, and null if it works again; does not fail
     */
    CvatQueueWatch(CvatAgent agent, CvatClient client, CvatAgent.Post post, Pace pace, ThreadFactory threads, Consumer<String> failed) {
        this.agent = agent;
        this.client = client;
        this.post = post;
        this.pace = pace;
        this.failed = failed;
        this.reconnect = pace.often();
        this.worker = threads.newThread(this::work);
        this.listener = threads.newThread(this::listen);
        worker.start();
        listener.start();
    }

    private void work() {
        boolean works = true;
        while (await()) {
            try {
                agent.work();
                if (!works) {
                    failed.accept(null);
                    works = true;
                }
            } catch (IOException | RuntimeException e) {
                if (works) {
                    LOG.log(Level.INFO, () -> "annotation requests of CVAT's function " + post.function() + " cannot be taken: " + e.getMessage());
                    failed.accept("annotation requests of function " + post.function() + " cannot be taken: " + e.getMessage());
                    works = false;
                }
            }
        }
    }

    /** Waits until there may be something to do. @return false if it was stopped */
    private boolean await() {
        lock.lock();
        try {
            long nanos = jittered(told ? pace.seldom() : pace.often()).toNanos();
            while (!work && !stopped && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            work = false;
            return !stopped;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** So that the servers do not all look at once. */
    private static Duration jittered(Duration mean) {
        return Duration.ofMillis(Math.max(1, Math.round(mean.toMillis() * ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER))));
    }

    private void listen() {
        while (isWanted()) {
            try (InputStream in = client.watch(post.access(), post.function())) {
                listensTo(in);
                read(in);
            } catch (Refused e) {
                // An earlier CVAT knows no such line.
                LOG.log(Level.DEBUG, "CVAT does not tell of its requests", e);
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.DEBUG, "the line to CVAT broke", e);
            }
            listensTo(null);
            // What came in between was not told of.
            wake();
            if (!pauseBeforeTheNext()) {
                return;
            }
        }
    }

    private boolean isWanted() {
        lock.lock();
        try {
            return !stopped;
        } finally {
            lock.unlock();
        }
    }

    private void listensTo(InputStream in) {
        lock.lock();
        try {
            line = in;
            told = in != null;
            if (stopped && in != null) {
                throw new IllegalStateException("stopped");
            }
        } finally {
            lock.unlock();
        }
    }

    /** Server-sent events, as the HTML standard has them. */
    private void read(InputStream in) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        String event = "";
        StringBuilder data = new StringBuilder();
        for (String text = lines.readLine(); text != null; text = lines.readLine()) {
            if (text.isEmpty()) {
                CvatJson.newRequest(event, data.toString()).ifPresent(this::isTold);
                event = "";
                data.setLength(0);
            } else if (text.startsWith("event:")) {
                event = text.substring("event:".length()).strip();
            } else if (text.startsWith("data:")) {
                data.append(text.substring("data:".length()).strip()).append('\n');
            } else if (text.matches("retry: ?[0-9]{1,9}")) {
                reconnect = Duration.ofMillis(Long.parseLong(text.replaceAll("[^0-9]", "")));
            }
        }
    }

    private void isTold(String category) {
        if (category.equals(CvatAgent.INTERACTIVE)) {
            agent.interactiveWaits();
        }
        wake();
    }

    private void wake() {
        lock.lock();
        try {
            work = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean pauseBeforeTheNext() {
        try {
            Duration pause = reconnect.compareTo(pace.seldom()) < 0 ? reconnect : pace.seldom();
            Thread.sleep(jittered(pause).toMillis());
            reconnect = pause.multipliedBy(2);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Takes no more requests; the one at work is given up at its next frame. */
    void stop() {
        agent.stop();
        InputStream open;
        lock.lock();
        try {
            stopped = true;
            open = line;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        listener.interrupt();
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "the line to CVAT is closed already", e);
            }
        }
    }
}
