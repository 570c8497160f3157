package dev.gleaner.web.rest;

import jakarta.ws.rs.core.Response;
import java.net.URI;

/** Answers about something that was just made: they carry its address, and its id in the body. */
final class Answers {

    private Answers() {
    }

    /** 201: it is there. */
    static Response created(String collection, long id, Object view) {
        return Response.status(Response.Status.CREATED).location(address(collection, id)).entity(view).build();
    }

    /** 202: it is there, and work on it goes on. */
    static Response accepted(String collection, long id, Object view) {
        return Response.status(Response.Status.ACCEPTED).location(address(collection, id)).entity(view).build();
    }

    private static URI address(String collection, long id) {
        // JAX-RS completes a relative location from the application's own path.
        return URI.create(collection + "/" + id);
    }
}
