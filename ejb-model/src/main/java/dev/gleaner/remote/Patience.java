package dev.gleaner.remote;

import java.time.Duration;

/**
 * How much an image elsewhere may cost.
 *
 * @param bytes    how long its file may be
 * @param connect  until a connection stands
 * @param silence  between two parts of an answer
 * @param attempt  for one answer as a whole
 * @param image    for all attempts together
 * @param attempts how many there are
 * @param pause    before the second attempt; it doubles from there
 */
record Patience(long bytes, Duration connect, Duration silence, Duration attempt, Duration image, int attempts, Duration pause) {

    static final Patience DEFAULT = new Patience(128L << 20, Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofSeconds(100), 4,
            Duration.ofMillis(500));
}
