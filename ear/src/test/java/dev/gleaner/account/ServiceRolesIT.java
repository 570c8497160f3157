package dev.gleaner.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InsideTheServer;
import dev.gleaner.PackagedServices;
import dev.gleaner.labeling.LabelingRunService;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.project.ProjectService;
import dev.gleaner.round.TrainingRoundService;
import jakarta.ejb.EJBAccessException;
import jakarta.inject.Inject;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.Test;

/** It is the services that ask for a role, whoever calls them: here nobody does who has signed in, from within the server. */
@InsideTheServer
@ArquillianTest
class ServiceRolesIT {

    @Inject
    private ProjectService projects;
    @Inject
    private LabelingRunService runs;
    @Inject
    private TrainingRoundService rounds;
    @Inject
    private ModelVersionService models;
    @Inject
    private UserService users;
    @Inject
    private OwnAccountService own;

    @Deployment
    static EnterpriseArchive application() {
        return PackagedServices.with(ServiceRolesIT.class);
    }

    @Test
    void whoHasNoRoleIsRefusedBeforeAnythingIsLookedAt() {
        List<ThrowingCallable> calls = List.of(() -> projects.create("by nobody"), () -> runs.create(null), () -> runs.stop(1), () -> rounds.restart(1),
                () -> models.promote(1), () -> users.all(), () -> users.create("nobody", "administrator", null, "nobody"),
                () -> own.changePassword("administrator", "", ""));
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call).isInstanceOf(EJBAccessException.class);
        }
        assertThat(projects.all()).as("reading asks for none").extracting(project -> project.name()).contains("default").doesNotContain("by nobody");
    }
}
