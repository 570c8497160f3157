package dev.gleaner.review;

import dev.gleaner.evaluation.AreaRange;
import java.util.List;

/**
 * A queue that somebody wants. What is null has a default.
 *
 * @param dataset        the dataset's id; null for all datasets of {@code project}
 * @param ordering       default {@code RANKED}
 * @param filter         default all proposals
 * @param checks         share of items whose truth is known, 0 to 0.15; default 0
 * @param consensus      how many reviewers see each of a share of the images, up to 5; default 1
 * @param consensusShare that share, above 0 and up to 1; default 0.1
 * @param limit          how many images at most; default 500
 * @param seed           of what is drawn by lot; default by the clock
 * @param among          which images it is made of; default those with open proposals
 * @param project        the project's id; null where a dataset is named
 */
public record NewReviewQueue(String name, Long dataset, ReviewQueue.Ordering ordering, Filter filter, Double checks, Integer consensus,
        Double consensusShare, Integer limit, Long seed, ReviewQueue.Among among, Long project) {

    /** Of one dataset. */
    public NewReviewQueue(String name, Long dataset, ReviewQueue.Ordering ordering, Filter filter, Double checks, Integer consensus, Double consensusShare,
            Integer limit, Long seed, ReviewQueue.Among among) {
        this(name, dataset, ordering, filter, checks, consensus, consensusShare, limit, seed, among, null);
    }

    /** Of images of one dataset with open proposals. */
    public NewReviewQueue(String name, Long dataset, ReviewQueue.Ordering ordering, Filter filter, Double checks, Integer consensus, Double consensusShare,
            Integer limit, Long seed) {
        this(name, dataset, ordering, filter, checks, consensus, consensusShare, limit, seed, null);
    }

    /** See {@link ReviewFilter}; categories by name. */
    public record Filter(List<String> categories, List<Double> scores, List<AreaRange> sizes, Long modelVersion, Long run, Long round) {
    }
}
