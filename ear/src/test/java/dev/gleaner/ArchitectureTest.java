package dev.gleaner;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
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

    @Test
    void featuresFormNoCycle() {
        slices().matching("dev.gleaner.(*)..").should().beFreeOfCycles().check(model);
    }
}
