package dev.gleaner.cvat;

import dev.gleaner.cvat.CvatAgent.Post;
import dev.gleaner.platform.PlatformConnection;
import dev.gleaner.platform.PlatformConnections;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Keeps an agent at work for each function of a CVAT that is connected, on every server. What somebody changes takes effect within seconds. */
@Singleton
@ConcurrencyManagement(ConcurrencyManagementType.CONTAINER)
@TransactionManagement(TransactionManagementType.BEAN)
public class CvatAgents {

    private static final System.Logger LOG = System.getLogger(CvatAgents.class.getName());

    private record Running(Post post, CvatQueueWatch watch) {
    }

    @Inject
    private PlatformConnections connections;
    @Inject
    private CvatClient client;
    @Inject
    private CvatFunctionService functions;
    @Resource
    private ManagedThreadFactory threads;
    private final Map<Long, Running> running = new HashMap<>();
    private ScheduledExecutorService signsOfLife;

    @PostConstruct
    void prepare() {
        signsOfLife = Executors.newScheduledThreadPool(2, threads);
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void tend() {
        try {
            Map<Long, Post> wanted = wanted();
            for (Iterator<Map.Entry<Long, Running>> all = running.entrySet().iterator(); all.hasNext();) {
                Map.Entry<Long, Running> one = all.next();
                if (!one.getValue().post().equals(wanted.get(one.getKey()))) {
                    one.getValue().watch().stop();
                    all.remove();
                }
            }
            wanted.forEach((connection, post) -> running.computeIfAbsent(connection, id -> start(id, post)));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "cannot look which functions of CVAT's are to be served", e);
        }
    }

    private Map<Long, Post> wanted() {
        Map<Long, Post> wanted = new HashMap<>();
        for (PlatformConnection connection : connections.all()) {
            if (connection.platform().equals(CvatPlatform.NAME)) {
                CvatSubject subject = CvatSubject.of(connection.identity());
                if (subject.kind() == CvatSubject.Kind.FUNCTIONS) {
                    wanted.put(connection.id(), new Post(connections.project(connection.id()).access(), subject.number(), connection.projectId()));
                }
            }
        }
        return wanted;
    }

    private Running start(long connection, Post post) {
        CvatAgent agent = new CvatAgent(post, client, functions, signsOfLife, CvatAgent.Pace.USUAL, event -> note(connection, event, null));
        return new Running(post, new CvatQueueWatch(agent, client, post, CvatQueueWatch.Pace.USUAL, threads,
                failure -> note(connection, "agent", failure)));
    }

    /** An agent works on whether somebody can be told or not. */
    private void note(long connection, String event, String failure) {
        try {
            connections.report(connection, event, failure);
        } catch (RuntimeException e) {
            LOG.log(Level.INFO, () -> "what an agent of CVAT's tells cannot be kept: " + event + ": " + e.getMessage());
        }
    }

    @PreDestroy
    void stop() {
        running.values().forEach(one -> one.watch().stop());
        signsOfLife.shutdownNow();
    }
}
