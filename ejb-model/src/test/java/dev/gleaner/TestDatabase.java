package dev.gleaner;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.Image;
import dev.gleaner.dataset.ImageCaption;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.project.Category;
import dev.gleaner.project.Project;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.hibernate.SessionFactory;
import org.hibernate.boot.model.naming.CamelCaseToUnderscoresNamingStrategy;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;

/**
 * A PostgreSQL of the test's own with the product's tables, and an entity manager on it. Transactions are the test's to make,
 * where the server would make them around each call of a service.
 */
public final class TestDatabase implements AutoCloseable {

    private final EmbeddedPostgres postgres;
    private final SessionFactory factory;
    private final EntityManager entities;

    public TestDatabase() {
        this(EmbeddedPostgres.builder(), Map.of());
    }

    /**
     * On a database that is made as the builder says, or is there already.
     *
     * @param settings of Hibernate
     */
    public TestDatabase(EmbeddedPostgres.Builder builder, Map<String, String> settings) {
        try {
            postgres = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Flyway.configure().dataSource(postgres.getPostgresDatabase()).load().migrate();
        Configuration configuration = new Configuration();
        List.of(Project.class, Category.class, Dataset.class, Image.class, ImageCaption.class, Annotation.class, ModelVersion.class).forEach(configuration::addAnnotatedClass);
        // They are not public.
        for (String entity : List.of("evaluationrun.Evaluation", "evaluationrun.EvaluationFamily", "evaluationrun.EvaluatedImage",
                "evaluationrun.ImageDetections", "evaluationrun.CategoryFigures", "evaluationrun.MistakeExample",
                "finetune.FineTune", "finetune.FineTuneImage", "finetune.FineTuneStep",
                "round.TrainingRound", "round.RoundPhase", "round.RoundImage", "round.RoundBox", "round.RoundSchedule", "labeling.LabelingRun",
                "account.User", "account.ApiToken", "account.ConsoleSession", "account.SignInFailures", "account.AccountEvent",
                "annotation.DatasetStatistics", "project.ThresholdChange", "labeling.LabelingResult",
                "review.ReviewQueue", "review.ReviewItem", "review.ReviewDecision", "review.DecidedBox",
                "platform.PlatformConnection", "platform.KnownTask", "platform.KnownImage", "platform.KnownReview", "platform.WaitingEvent",
                "webhook.Webhook", "webhook.WebhookDelivery")) {
            try {
                configuration.addAnnotatedClass(Class.forName("dev.gleaner." + entity));
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }
        configuration.setPhysicalNamingStrategy(new CamelCaseToUnderscoresNamingStrategy());
        // As the server's pool has it: batches travel as one statement.
        configuration.getProperties().put(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE,
                postgres.getDatabase("postgres", "postgres", Map.of("reWriteBatchedInserts", "true")));
        configuration.setProperty(AvailableSettings.HBM2DDL_AUTO, "validate");
        settings.forEach(configuration::setProperty);
        factory = configuration.buildSessionFactory();
        entities = factory.createEntityManager();
    }

    public EntityManager entities() {
        return entities;
    }

    /** Does the work in a transaction of its own; what it read is detached afterwards. */
    public <T> T inTransaction(Callable<T> work) throws Exception {
        entities.getTransaction().begin();
        try {
            T result = work.call();
            entities.getTransaction().commit();
            return result;
        } finally {
            if (entities.getTransaction().isActive()) {
                entities.getTransaction().rollback();
            }
            entities.clear();
        }
    }

    /** Does the work with an entity manager and a transaction of its own, as another thread would. */
    public <T> T besides(Function<EntityManager, T> work) {
        try (EntityManager own = factory.createEntityManager()) {
            own.getTransaction().begin();
            try {
                T result = work.apply(own);
                own.getTransaction().commit();
                return result;
            } finally {
                if (own.getTransaction().isActive()) {
                    own.getTransaction().rollback();
                }
            }
        }
    }

    public long count(String table) throws Exception {
        return inTransaction(() -> ((Number) entities.createNativeQuery("select count(*) from " + table).getSingleResult()).longValue());
    }

    @Override
    public void close() throws IOException {
        entities.close();
        factory.close();
        postgres.close();
    }
}
