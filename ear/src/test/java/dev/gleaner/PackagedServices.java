package dev.gleaner;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.assertj.core.api.Assertions;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.EmptyAsset;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.JavaArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The services as they are packaged, as an application of their own beside the product's, on the same database. */
public final class PackagedServices {

    private PackagedServices() {
    }

    /** With a test beside them and without the batch jobs: this application takes up no work, so that the test can play the server that does. */
    public static EnterpriseArchive with(Class<?> test) {
        EnterpriseArchive application = ShrinkWrap.create(EnterpriseArchive.class, test.getSimpleName() + ".ear");
        try (ZipFile product = new ZipFile(Path.of(System.getProperty("gleaner.product"), "gleaner.ear").toFile())) {
            for (ZipEntry library : entries(product, "lib/.+\\.jar")) {
                application.addAsLibrary(jar(product, library));
            }
            entries(product, "ejb-model-[^/]+\\.jar").forEach(module -> application.addAsModule(jar(product, module)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        application.addAsLibrary(Path.of(Assertions.class.getProtectionDomain().getCodeSource().getLocation().getPath()).toFile());
        return application.addAsModule(ShrinkWrap.create(WebArchive.class, test.getSimpleName() + ".war").addClass(test)
                .addAsWebInfResource(EmptyAsset.INSTANCE, "beans.xml"));
    }

    private static List<? extends ZipEntry> entries(ZipFile archive, String pattern) {
        return archive.stream().filter(entry -> entry.getName().matches(pattern)).toList();
    }

    private static JavaArchive jar(ZipFile archive, ZipEntry entry) {
        try (InputStream in = archive.getInputStream(entry)) {
            return ShrinkWrap.create(ZipImporter.class, Path.of(entry.getName()).getFileName().toString()).importFrom(in).as(JavaArchive.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
