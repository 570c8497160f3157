package dev.gleaner;

import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;

/** The tables in the database, as the migrations left them. */
@Stateless
public class Schema {

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    /**
     * The number of the last migration.
     *
     * @throws RuntimeException if the database does not answer, or was never migrated
     */
    @PermitAll
    public String version() {
        return (String) entities.createNativeQuery(
                "select version from flyway_schema_history where success order by installed_rank desc limit 1", String.class).getSingleResult();
    }
}
