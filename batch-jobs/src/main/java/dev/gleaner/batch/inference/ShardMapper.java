package dev.gleaner.batch.inference;

import dev.gleaner.inference.Shard;
import jakarta.batch.api.BatchProperty;
import jakarta.batch.api.partition.PartitionMapper;
import jakarta.batch.api.partition.PartitionPlan;
import jakarta.batch.api.partition.PartitionPlanImpl;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.List;
import java.util.Properties;

/**
 * Cuts what is left of the run into two shards, each a partition.
 *
 * <p>Two, because a server has one device and the device works for one partition at a time: while one partition is in the model,
 * the other writes its chunk and has its images decoded. More would only wait longer and hold more decoded images.
 *
 * <p>Restart: the plan is made anew from the images that have no result yet, so nothing hangs on what the job repository
 * remembers of partitions that died with their server.
 */
@Named
@Dependent
public class ShardMapper implements PartitionMapper {

    private static final int SHARDS = 2;

    @Inject
    private InferenceWorks works;
    @Inject
    @BatchProperty
    private String job;
    @Inject
    @BatchProperty
    private long run;

    @Override
    public PartitionPlan mapPartitions() {
        List<Shard> shards = works.of(job).shards(run, SHARDS);
        // With nothing left one empty partition lets the step complete.
        List<Shard> planned = shards.isEmpty() ? List.of(new Shard(0, 0)) : shards;
        PartitionPlan plan = new PartitionPlanImpl();
        plan.setPartitionsOverride(true);
        plan.setPartitions(planned.size());
        plan.setThreads(planned.size());
        plan.setPartitionProperties(planned.stream().map(ShardMapper::properties).toArray(Properties[]::new));
        return plan;
    }

    private static Properties properties(Shard shard) {
        Properties properties = new Properties();
        properties.setProperty("after", Long.toString(shard.after()));
        properties.setProperty("through", Long.toString(shard.through()));
        return properties;
    }
}
