package dev.gleaner.web;

import dev.gleaner.Schema;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Requests can be served: the database answers, and its tables are migrated. */
@Readiness
@ApplicationScoped
public class DatabaseHealth implements HealthCheck {

    @Inject
    private Schema schema;

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder database = HealthCheckResponse.named("database");
        try {
            return database.up().withData("schema", schema.version()).build();
        } catch (RuntimeException e) {
            return database.down().withData("reason", "the database does not answer, or has no tables; the server's log says more").build();
        }
    }
}
