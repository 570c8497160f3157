package dev.gleaner.event;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;

/** Tells what happened to whoever observes it, as part of the caller's transaction. */
@ApplicationScoped
public class Events {

    @Inject
    private Event<GleanerEvent> observers;

    /** Outside of a server nobody is told. */
    public void fire(GleanerEvent event) {
        if (observers != null) {
            observers.fire(event);
        }
    }
}
