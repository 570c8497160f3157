package dev.gleaner;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The directions between modules, packages and kinds of classes. */
class ArchitectureTest {

    private static final String[] PURE = {"dev.gleaner.glip..", "dev.gleaner.evaluation..", "dev.gleaner.format..", "dev.gleaner.scene.."};

    private static JavaClasses model;
    private static JavaClasses batch;
    private static JavaClasses web;

    @BeforeAll
    static void importModules() {
        model = module("ejb-model");
        batch = module("batch-jobs");
        web = module("web-ui");
    }

    private static JavaClasses module(String name) {
        JavaClasses classes = new ClassFileImporter().importPath(Path.of("..", name, "target", "classes"));
        assertThat(classes).as("compiled classes of " + name).isNotEmpty();
        return classes;
    }

    @Test
    void theModelKnowsNeitherBatchNorWeb() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("dev.gleaner.batch..", "dev.gleaner.web..").check(model);
    }

    @Test
    void batchAndWebDoNotKnowEachOther() {
        noClasses().should().dependOnClassesThat().resideInAPackage("dev.gleaner.web..").check(batch);
        noClasses().should().dependOnClassesThat().resideInAPackage("dev.gleaner.batch..").check(web);
    }

    @Test
    void modulesKeepToTheirPackages() {
        classes().should().resideInAPackage("dev.gleaner.batch..").check(batch);
        classes().should().resideInAPackage("dev.gleaner.web..").check(web);
    }

    @Test
    void glipEvaluationFormatsAndScenesKnowNoServerAndNoFeature() {
        noClasses().that().resideInAnyPackage(PURE)
                .should().dependOnClassesThat().resideInAnyPackage("jakarta..", "org.hibernate..", "java.sql..", "javax.sql..")
                .check(model);
        noClasses().that().resideInAnyPackage(PURE)
                .should().dependOnClassesThat(resideInAPackage("dev.gleaner..").and(not(resideInAnyPackage(PURE))))
                .check(model);
    }

    @Test
    void onlyTheModelTouchesTheEntityManager() {
        noClasses().should().dependOnClassesThat().haveFullyQualifiedName("jakarta.persistence.EntityManager").check(batch);
        noClasses().should().dependOnClassesThat().haveFullyQualifiedName("jakarta.persistence.EntityManager").check(web);
    }

    @Test
    void batchArtifactsAndResourcesHoldNoSql() {
        noClasses().should().dependOnClassesThat().resideInAPackage("java.sql..").check(batch);
        noClasses().should().dependOnClassesThat().resideInAnyPackage("java.sql..", "javax.sql..").check(web);
    }

    /** Jobs call services for nobody; what says nothing of roles is theirs alone. */
    @Test
    void servicesSayWhichRolesMayDoWhatTheWebAsksOfThem() {
        classes().should(new ArchCondition<>("call only what says which roles may call it") {
            @Override
            public void check(JavaClass caller, ConditionEvents events) {
                Stream.of(caller.getMethodCallsFromSelf(), caller.getMethodReferencesFromSelf()).flatMap(Set::stream)
                        .forEach(access -> access.getTarget().resolveMember().filter(ArchitectureTest::isOfAService).ifPresent(method -> events.add(
                                new SimpleConditionEvent(access, namesRoles(method) || namesRoles(method.getOwner()), access.getDescription()))));
            }
        }).check(web);
    }

    private static boolean isOfAService(JavaMember method) {
        return method.getOwner().isAnnotatedWith(Stateless.class) && !method.getModifiers().contains(JavaModifier.STATIC);
    }

    private static boolean namesRoles(CanBeAnnotated declaration) {
        return declaration.isAnnotatedWith(RolesAllowed.class) || declaration.isAnnotatedWith(PermitAll.class);
    }

    @Test
    void featuresFormNoCycle() {
        slices().matching("dev.gleaner.(*)..").should().beFreeOfCycles().check(model);
    }
}
