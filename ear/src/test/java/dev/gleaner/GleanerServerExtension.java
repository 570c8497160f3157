package dev.gleaner;

import dev.gleaner.account.StandInIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests a {@link GleanerServer} as a parameter: one for all classes of a run, started by the first that asks, stopped after the last. */
public final class GleanerServerExtension implements BeforeAllCallback, ParameterResolver {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(GleanerServerExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        // For arquillian.xml.
        System.setProperty("gleaner.admin.port", Integer.toString(server(context).adminPort()));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == GleanerServer.class;
    }

    @Override
    public GleanerServer resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return server(context);
    }

    private static GleanerServer server(ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE).getOrComputeIfAbsent("shared", key -> new Shared(), Shared.class).server;
    }

    private static final class Shared implements ExtensionContext.Store.CloseableResource {

        private final Path home = temporaryFolder();
        // A host of images, and a store of them, that are there only while a test stands in for them.
        private final String images = "127.0.0.1:" + GleanerServer.freePort();
        private final GleanerServer server = GleanerServer.start(home, Map.of(
                "GLEANER_REMOTE_HOSTS", images,
                "GLEANER_REMOTE_PRIVATE", "on",
                "GLEANER_S3_ENDPOINT", "http://" + images,
                // An identity provider that is there only while a test stands in for it.
                "GLEANER_OIDC_ISSUER", "http://localhost:" + GleanerServer.freePort(),
                "GLEANER_OIDC_CLIENT_ID", StandInIssuer.CLIENT,
                "GLEANER_OIDC_CLIENT_SECRET", StandInIssuer.SECRET,
                "GLEANER_CVAT_PORT", Integer.toString(GleanerServer.freePort()),
                "GLEANER_OIDC_ROLES", "groups:labelers=reviewer,ml=engineer"));

        @Override
        public void close() throws IOException {
            server.close();
            try (Stream<Path> files = Files.walk(home)) {
                files.sorted(Comparator.reverseOrder()).forEach(Shared::delete);
            }
        }

        private static Path temporaryFolder() {
            try {
                return Files.createTempDirectory("gleaner-it");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void delete(Path file) {
            try {
                Files.delete(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
