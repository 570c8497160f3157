package dev.gleaner.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.InsideTheServer;
import dev.gleaner.PackagedServices;
import dev.gleaner.event.DatasetConcluded;
import dev.gleaner.event.Events;
import dev.gleaner.webhook.WebhookQueue;
import jakarta.inject.Inject;
import jakarta.transaction.UserTransaction;
import java.time.Instant;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.EmptyAsset;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.JavaArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A module beside the product's, inside the server: its platform is found, and it is told of events when they are certain. */
@Tag("long")
@InsideTheServer
@ArquillianTest
class PlugInIT {

    @Inject
    private Platforms platforms;
    @Inject
    private Events events;
    @Inject
    private WebhookQueue webhooks;
    @Inject
    private UserTransaction transaction;

    @Deployment
    static EnterpriseArchive application() {
        return PackagedServices.with(PlugInIT.class).addAsModule(ShrinkWrap.create(JavaArchive.class, "plug-in.jar").addClasses(PlugIn.class, PlugInListener.class)
                .addAsManifestResource(EmptyAsset.INSTANCE, "beans.xml"));
    }

    @Test
    void aModulesPlatformIsFoundAndItHearsOfWhatHappenedAndOfNothingElse() throws Exception {
        assertThat(platforms.find("plug-in")).isPresent();

        // Events come from the product's services. From another module Payara finds their persistence unit only once it was used from its own.
        webhooks.prune(Instant.EPOCH);
        transaction.begin();
        events.fire(new DatasetConcluded(1, 2, true));
        assertThat(PlugInListener.HEARD).as("not before it is certain").isEmpty();
        transaction.commit();
        assertThat(PlugInListener.HEARD).containsExactly(2L);

        transaction.begin();
        events.fire(new DatasetConcluded(1, 3, true));
        transaction.rollback();
        assertThat(PlugInListener.HEARD).containsExactly(2L);
    }
}
