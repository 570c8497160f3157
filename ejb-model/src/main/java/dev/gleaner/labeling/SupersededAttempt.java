package dev.gleaner.labeling;

import jakarta.ejb.ApplicationException;

/** Results came from an attempt that is no longer the run's present one: another server has taken the run up. They were not taken. */
@ApplicationException(rollback = true)
public class SupersededAttempt extends RuntimeException {

    SupersededAttempt(long run, int attempt) {
        super("attempt " + attempt + " of labeling run " + run + " is over; its results are not taken");
    }
}
