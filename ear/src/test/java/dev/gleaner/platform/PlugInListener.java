package dev.gleaner.platform;

import dev.gleaner.event.DatasetConcluded;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A stand-in for what somebody adds to the application to hear of events. */
@ApplicationScoped
public class PlugInListener {

    /** Ids of datasets. Public, since a test in another module reads it. */
    public static final List<Long> HEARD = new CopyOnWriteArrayList<>();

    void heard(@Observes(during = TransactionPhase.AFTER_SUCCESS) DatasetConcluded event) {
        HEARD.add(event.dataset());
    }
}
