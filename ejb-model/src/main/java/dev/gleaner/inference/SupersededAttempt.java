package dev.gleaner.inference;

import jakarta.ejb.ApplicationException;

/** Results came from an attempt that is no longer the run's present one: another server has taken the run up. They were not taken. */
@ApplicationException(rollback = true)
public class SupersededAttempt extends RuntimeException {

    /** @param kind what the run is called: {@code labeling run} */
    public SupersededAttempt(String kind, long run, int attempt) {
        super("attempt " + attempt + " of " + kind + " " + run + " is over; its results are not taken");
    }
}
