package dev.gleaner.web.rest;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;

/** The REST API. */
@ApplicationPath("api")
public class RestApplication extends Application {

    /** Keeps Jersey from writing JSON by any provider but {@link JsonBody}. */
    @Override
    public Map<String, Object> getProperties() {
        return Map.of("jersey.config.jsonFeature", JsonBody.class.getSimpleName());
    }
}
