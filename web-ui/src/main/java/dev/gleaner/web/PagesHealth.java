package dev.gleaner.web;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Pages are there: the server asks for health seconds before it has an application's web module, while all else is answered with 404. */
@Readiness
@ApplicationScoped
public class PagesHealth implements HealthCheck {

    private static volatile boolean there;

    /** Told by the server when the web module comes and goes; a listener can be no bean of a scope of its own. */
    @WebListener
    public static class Coming implements ServletContextListener {

        @Override
        public void contextInitialized(ServletContextEvent event) {
            there = true;
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            there = false;
        }
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("pages").status(there).build();
    }
}
