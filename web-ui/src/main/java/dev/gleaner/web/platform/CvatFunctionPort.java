package dev.gleaner.web.platform;

import dev.gleaner.cvat.CvatFunctionServer;
import dev.gleaner.cvat.CvatFunctionService;
import dev.gleaner.cvat.CvatSettings;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** Opens the port for CVAT while the application is up, if one is set: it is the web module's, so that another application with these services does not ask for it, too. */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
public class CvatFunctionPort {

    /** CVAT's sample functions give up then, too. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    private CvatFunctionService functions;
    @Resource
    private ManagedThreadFactory threads;
    private CvatFunctionServer server;

    /** @throws UncheckedIOException if it cannot listen there, which ends the deployment */
    @PostConstruct
    void open() {
        Optional<InetSocketAddress> address = CvatSettings.of(System.getenv()).listen();
        try {
            server = address.isEmpty() ? null : new CvatFunctionServer(functions, address.get(), threads, PATIENCE);
        } catch (IOException e) {
            throw new UncheckedIOException("GLEANER_CVAT_PORT: cannot listen on " + address.get() + ": " + e.getMessage(), e);
        }
    }

    @PreDestroy
    void close() {
        if (server != null) {
            server.close();
        }
    }
}
