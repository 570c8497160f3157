package dev.gleaner;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.Image;
import dev.gleaner.dataset.ImageCaption;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.project.Category;
import dev.gleaner.project.Project;
import io.zonky.test.db.postgres.embedded.DatabasePreparer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.FlywayPreparer;
import io.zonky.test.db.postgres.embedded.PreparedDbProvider;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.boot.model.naming.CamelCaseToUnderscoresNamingStrategy;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The product's tables in a PostgreSQL that the tests of a JVM share, as a database of one class's own, and an entity manager on it:
 * <pre>
 *     &#64;RegisterExtension
 *     static final TestDatabase database = new TestDatabase();
 * </pre>
 * Transactions are the test's to make, where the server would make them around each call of a service.
 */
public final class TestDatabase implements BeforeAllCallback, AfterAllCallback, AutoCloseable {

    private static final DatabasePreparer TABLES = FlywayPreparer.forClasspathLocation("db/migration");

    private PGSimpleDataSource source;
    private EmbeddedPostgres own;
    private SessionFactory factory;
    private EntityManager entities;

    /** Opened, for what is no test. */
    public static TestDatabase open() throws SQLException {
        TestDatabase database = new TestDatabase();
        database.beforeAll(null);
        return database;
    }

    /**
     * On a PostgreSQL of its own, which is made as the builder says, or is there already.
     *
     * @param settings of Hibernate
     */
    public static TestDatabase open(EmbeddedPostgres.Builder builder, Map<String, String> settings) throws IOException, SQLException {
        TestDatabase database = new TestDatabase();
        database.own = builder.start();
        TABLES.prepare(database.own.getPostgresDatabase());
        database.connect(database.own.getPostgresDatabase(), settings);
        return database;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws SQLException {
        connect(PreparedDbProvider.forPreparer(TABLES).createDataSource(), Map.of());
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException, SQLException {
        close();
    }

    private void connect(DataSource tables, Map<String, String> settings) throws SQLException {
        source = tables.unwrap(PGSimpleDataSource.class);
        // As the server's pool has it: batches travel as one statement.
        source.setReWriteBatchedInserts(true);
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
        configuration.getProperties().put(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, source);
        configuration.setProperty(AvailableSettings.HBM2DDL_AUTO, "validate");
        settings.forEach(configuration::setProperty);
        factory = configuration.buildSessionFactory();
        entities = factory.createEntityManager();
    }

    public DataSource dataSource() {
        return source;
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
    public void close() throws IOException, SQLException {
        entities.close();
        factory.close();
        if (own != null) {
            own.close();
        } else {
            drop();
        }
    }

    /** All at once, at the end, their files would take longer to go than Surefire waits for a JVM. */
    private void drop() throws SQLException {
        String name = source.getDatabaseName();
        source.setDatabaseName("postgres");
        try (Connection connection = source.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("drop database " + name + " with (force)");
        }
    }
}
