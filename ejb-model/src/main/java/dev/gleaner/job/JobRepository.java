package dev.gleaner.job;

import jakarta.ejb.Stateless;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;

/**
 * The server's own tables of batch executions, where the batch API cannot reach: it leaves the executions of a killed server
 * STARTED for ever.
 */
@Stateless
public class JobRepository {

    private static final String UNFINISHED = "batchstatus in ('STARTING', 'STARTED', 'STOPPING')";

    /** Executions of the same job instance, and of its partitions, which are instances of their own named {@code :instance:step:partition}. */
    private static final String RELATED = """
            jobexecid in (select e.jobexecid
                            from batch_executioninstancedata e
                            join batch_jobinstancedata i on i.jobinstanceid = e.jobinstanceid
                            join batch_executioninstancedata dead on dead.jobexecid = :execution
                           where i.jobinstanceid = dead.jobinstanceid or i.name like ':' || dead.jobinstanceid || ':%')
            """;

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    /** Whoever worked on the execution is dead: what it left unfinished has failed. */
    public void markDead(long execution) {
        entities.createNativeQuery("update batch_stepexecutioninstancedata set batchstatus = 'FAILED', exitstatus = 'FAILED', endtime = now()"
                + " where " + UNFINISHED + " and " + RELATED).setParameter("execution", execution).executeUpdate();
        entities.createNativeQuery("update batch_executioninstancedata set batchstatus = 'FAILED', exitstatus = 'FAILED', endtime = now(),"
                + " updatetime = now() where " + UNFINISHED + " and " + RELATED).setParameter("execution", execution).executeUpdate();
    }
}
