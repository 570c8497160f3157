package dev.gleaner.webhook;

import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has deliveries sent every second on every server: the locks of webhooks let each be one server's. It is not work for the
 * {@link dev.gleaner.job.JobQueue}: all places there may be taken for hours.
 */
@Singleton
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
public class WebhookTimer {

    private static final System.Logger LOG = System.getLogger(WebhookTimer.class.getName());

    private final AtomicBoolean sending = new AtomicBoolean();

    @Inject
    private WebhookSender sender;
    @Inject
    private WebhookQueue queue;
    @Inject
    private WebhookSettings settings;

    @Schedule(hour = "*", minute = "*", second = "*", persistent = false)
    void send() {
        if (!sending.compareAndSet(false, true)) {
            return;
        }
        try {
            while (sender.send() > 0) {
                // One delivery of each webhook at a time.
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "cannot send to webhooks", e);
        } finally {
            sending.set(false);
        }
    }

    @Schedule(hour = "*", minute = "17", persistent = false)
    void prune() {
        try {
            queue.prune(Instant.now().minus(settings.kept()));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "cannot shorten the log of webhooks", e);
        }
    }
}
