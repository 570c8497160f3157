package dev.gleaner.transfer;

import jakarta.ejb.ApplicationException;

/** A server worked on an import that another has taken up since. What it wanted to write was not written. */
@ApplicationException(rollback = true)
public class SupersededImport extends RuntimeException {

    SupersededImport(long dataset, int attempt) {
        super("attempt " + attempt + " to import dataset " + dataset + " is not the present one");
    }
}
