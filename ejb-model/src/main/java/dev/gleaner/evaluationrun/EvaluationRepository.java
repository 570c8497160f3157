package dev.gleaner.evaluationrun;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.dataset.Image;
import dev.gleaner.evaluation.Mistake;
import dev.gleaner.evaluation.TruthCategory.Frequency;
import dev.gleaner.inference.QuarantinedImage;
import dev.gleaner.inference.Shard;
import dev.gleaner.project.Category;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hibernate.Session;

/** Evaluations, what they are measured by and what came of them. Every call joins the caller's transaction. */
@ApplicationScoped
public class EvaluationRepository {

    private static final String NOT_DONE = " not exists (select 1 from ImageDetections d where d.evaluationId = :evaluation and d.imageId = e.imageId)";
    private static final int BATCH = 500;

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected EvaluationRepository() {
    }

    public EvaluationRepository(EntityManager entities) {
        this.entities = entities;
    }

    void add(Evaluation evaluation) {
        entities.persist(evaluation);
        entities.flush();
    }

    Optional<Evaluation> find(long id) {
        return Optional.ofNullable(entities.find(Evaluation.class, id));
    }

    /** As it stands in the database now, locked until the transaction ends. */
    Optional<Evaluation> lock(long id) {
        Optional<Evaluation> evaluation = Optional.ofNullable(entities.find(Evaluation.class, id, LockModeType.PESSIMISTIC_WRITE));
        evaluation.ifPresent(entities::refresh);
        return evaluation;
    }

    /** Evaluations with ids below {@code before}, newest first, at most {@code limit} of them. */
    List<Evaluation> newest(long before, int limit) {
        return entities.createQuery("select e from Evaluation e where e.id < :before order by e.id desc", Evaluation.class)
                .setParameter("before", before).setMaxResults(limit).getResultList();
    }

    /** The categories that have gold in the dataset, by id. */
    List<Category> goldCategories(long dataset) {
        return entities.createQuery("select c from Category c where exists (select 1 from Annotation a where a.categoryId = c.id"
                        + " and a.datasetId = :dataset and a.status in :gold) order by c.id", Category.class)
                .setParameter("dataset", dataset).setParameter("gold", Annotation.Status.GOLD).getResultList();
    }

    /** The dataset's categories whose frequency LVIS tells, by id. */
    Map<Long, Frequency> frequencies(long dataset) {
        Map<Long, Frequency> frequencies = new HashMap<>();
        for (Object[] row : entities.unwrap(Session.class)
                .createNativeQuery("select category_id, frequency from dataset_categories where dataset_id = :dataset", Object[].class)
                .setParameter("dataset", dataset).getResultList()) {
            frequencies.put(((Number) row[0]).longValue(), switch ((String) row[1]) {
                case "r" -> Frequency.RARE;
                case "c" -> Frequency.COMMON;
                default -> Frequency.FREQUENT;
            });
        }
        return frequencies;
    }

    List<Image> images(long dataset) {
        return entities.createQuery("select i from Image i where i.datasetId = :dataset order by i.id", Image.class)
                .setParameter("dataset", dataset).getResultList();
    }

    /** The dataset's images on which a reviewer has decided about a box, or on which one found nothing of any category that has gold here, by id. */
    List<Image> reviewedImages(long dataset) {
        String gold = goldCategories(dataset).stream().map(category -> category.id().toString()).collect(Collectors.joining(",", "[", "]"));
        return entities.unwrap(Session.class).createNativeQuery("select i.* from images i where i.id in (select a.image_id from annotations a"
                        + " where a.dataset_id = :dataset and a.status in ('ACCEPTED', 'CORRECTED', 'REJECTED') union select e.image_id"
                        + " from empty_image_decisions e where e.dataset_id = :dataset and (e.categories = '[]' or e.categories @> cast(:gold as jsonb))) order by i.id", Image.class)
                .setParameter("gold", gold).setParameter("dataset", dataset).getResultList();
    }

    /**
     * Writes down the images and the gold on them.
     *
     * @return what names all of it: see {@link Evaluation#snapshotSha256}
     */
    String freeze(long evaluation, Collection<Long> images, Collection<Long> categories) {
        snapshots().freeze(evaluation, images, categories);
        return snapshots().digest(evaluation);
    }

    /**
     * Writes down for one evaluation what another one has.
     *
     * @return what names all of it, the same as there
     */
    String copySnapshot(long from, long evaluation) {
        snapshots().copy(from, evaluation);
        return snapshots().digest(evaluation);
    }

    private GoldSnapshot snapshots() {
        return new GoldSnapshot(entities, "evaluation_images", "evaluation_id");
    }

    /** How many gold boxes were written down. */
    int gold(long evaluation) {
        return snapshots().boxes(evaluation);
    }

    /**
     * Cuts the images that the evaluation has not finished with into stretches of equal numbers.
     *
     * @return at most {@code shards} of them; none if it has finished with all
     */
    List<Shard> shards(long evaluation, int shards) {
        return entities.createQuery("select min(s.id), max(s.id) from (select e.imageId as id, ntile(:shards) over (order by e.imageId) as shard"
                        + " from EvaluatedImage e where e.evaluationId = :evaluation and" + NOT_DONE + ") s group by s.shard order by s.shard",
                        Object[].class)
                .setParameter("shards", shards).setParameter("evaluation", evaluation)
                .getResultStream().map(ends -> new Shard((Long) ends[0] - 1, (Long) ends[1])).toList();
    }

    /** The shard's images with ids above {@code after} that the evaluation has not finished with, by id, at most {@code limit} of them. */
    List<Image> pending(long evaluation, Shard shard, long after, int limit) {
        return entities.createQuery("select i from EvaluatedImage e join Image i on i.id = e.imageId where e.evaluationId = :evaluation"
                        + " and e.imageId > :after and e.imageId <= :through and" + NOT_DONE + " order by e.imageId", Image.class)
                .setParameter("evaluation", evaluation)
                .setParameter("after", Math.max(after, shard.after())).setParameter("through", shard.through())
                .setMaxResults(limit).getResultList();
    }

    void add(ImageDetections detections) {
        entities.persist(detections);
    }

    /**
     * Counts finished images on the evaluation, if {@code attempt} is still the present one.
     *
     * @return whether it was
     */
    boolean count(long evaluation, int attempt, int done, int quarantined, double imagesPerSecond) {
        return entities.createQuery("update Evaluation e set e.done = e.done + :done, e.quarantined = e.quarantined + :quarantined,"
                        + " e.imagesPerSecond = :speed where e.id = :evaluation and e.attempt = :attempt and e.status = :running")
                .setParameter("done", done).setParameter("quarantined", quarantined).setParameter("speed", imagesPerSecond)
                .setParameter("evaluation", evaluation).setParameter("attempt", attempt)
                .setParameter("running", Evaluation.Status.RUNNING)
                .executeUpdate() == 1;
    }

    /**
     * Forgets the results of quarantined images, so that they are tried again.
     *
     * @return how many there were
     */
    int forgetQuarantined(long evaluation) {
        return entities.createQuery("delete from ImageDetections d where d.evaluationId = :evaluation and d.quarantine is not null")
                .setParameter("evaluation", evaluation).executeUpdate();
    }

    /** An image that has its detections. */
    record Result(EvaluatedImage image, ImageDetections detections) {
    }

    /** The images with ids above {@code after} that are not in quarantine, by id, at most {@code limit} of them. */
    List<Result> results(long evaluation, long after, int limit) {
        return entities.createQuery("select e, d from EvaluatedImage e join ImageDetections d on d.evaluationId = e.evaluationId"
                        + " and d.imageId = e.imageId where e.evaluationId = :evaluation and e.imageId > :after and d.quarantine is null"
                        + " order by e.imageId", Object[].class)
                .setParameter("evaluation", evaluation).setParameter("after", after).setMaxResults(limit)
                .getResultStream().map(row -> new Result((EvaluatedImage) row[0], (ImageDetections) row[1])).toList();
    }

    /** An image that has its detections, itself and as it is evaluated. */
    record ResultImage(Image image, EvaluatedImage evaluated) {
    }

    /** Those images themselves, as {@link #results}. */
    List<ResultImage> resultImages(long evaluation, long after, int limit) {
        return entities.createQuery("select i, e from EvaluatedImage e join ImageDetections d on d.evaluationId = e.evaluationId"
                        + " and d.imageId = e.imageId join Image i on i.id = e.imageId where e.evaluationId = :evaluation"
                        + " and e.imageId > :after and d.quarantine is null order by e.imageId", Object[].class)
                .setParameter("evaluation", evaluation).setParameter("after", after).setMaxResults(limit)
                .getResultStream().map(row -> new ResultImage((Image) row[0], (EvaluatedImage) row[1])).toList();
    }

    /** The evaluation's quarantined images with ids above {@code after}, by id, at most {@code limit} of them. */
    List<QuarantinedImage> quarantined(long evaluation, long after, int limit) {
        return entities.createQuery("select new dev.gleaner.inference.QuarantinedImage(d.imageId, i.fileName, d.quarantine, d.finishedAt)"
                        + " from ImageDetections d join Image i on i.id = d.imageId where d.evaluationId = :evaluation"
                        + " and d.quarantine is not null and d.imageId > :after order by d.imageId", QuarantinedImage.class)
                .setParameter("evaluation", evaluation).setParameter("after", after).setMaxResults(limit).getResultList();
    }

    /** Forgets the evaluation's figures and examples. */
    void forgetOutcome(long evaluation) {
        for (String table : List.of("CategoryFigures", "MistakeExample")) {
            entities.createQuery("delete from " + table + " t where t.evaluationId = :evaluation").setParameter("evaluation", evaluation)
                    .executeUpdate();
        }
    }

    /** Writes many rows without keeping them. */
    void addAll(List<?> rows) {
        for (int row = 0; row < rows.size(); row++) {
            entities.persist(rows.get(row));
            if (row % BATCH == BATCH - 1) {
                entities.flush();
                rows.subList(row + 1 - BATCH, row + 1).forEach(entities::detach);
            }
        }
    }

    /** The evaluated categories with ids above {@code after}, by id, at most {@code limit} of them. */
    List<CategoryFigures> categories(long evaluation, long after, int limit) {
        return entities.createQuery("select c from CategoryFigures c where c.evaluationId = :evaluation and c.categoryId > :after"
                        + " order by c.categoryId", CategoryFigures.class)
                .setParameter("evaluation", evaluation).setParameter("after", after).setMaxResults(limit).getResultList();
    }

    Optional<CategoryFigures> category(long evaluation, long category) {
        return Optional.ofNullable(entities.find(CategoryFigures.class, new CategoryFigures.Key(evaluation, category)));
    }

    /** The precisions of each category: see {@link CategoryFigures}. */
    List<double[]> precisions(long evaluation) {
        return entities.createQuery("select c.precisions from CategoryFigures c where c.evaluationId = :evaluation", double[].class)
                .setParameter("evaluation", evaluation).getResultList();
    }

    /**
     * Mistakes behind {@code after}, the worst first, at most {@code limit} of them.
     *
     * @param kind     null for all
     * @param category the category they count against; null for all
     */
    List<Example> examples(long evaluation, Mistake.Kind kind, Long category, long after, int limit) {
        return entities.createQuery("select new dev.gleaner.evaluationrun.Example(m, i, c.name, g.name) from MistakeExample m"
                        + " join Image i on i.id = m.imageId join Category c on c.id = m.categoryId left join Category g on g.id = m.goldCategoryId"
                        + " where m.evaluationId = :evaluation and m.ordinal > :after and (:kind is null or m.kind = :kind)"
                        + " and (:category is null or m.categoryId = :category) order by m.ordinal", Example.class)
                .setParameter("evaluation", evaluation).setParameter("kind", kind).setParameter("category", category)
                .setParameter("after", after).setMaxResults(limit).getResultList();
    }

    void add(EvaluationFamily family) {
        entities.persist(family);
        entities.flush();
    }

    Optional<EvaluationFamily> findFamily(long id) {
        return Optional.ofNullable(entities.find(EvaluationFamily.class, id));
    }

    /** Families with ids below {@code before}, newest first, at most {@code limit} of them. */
    List<EvaluationFamily> newestFamilies(long before, int limit) {
        return entities.createQuery("select f from EvaluationFamily f where f.id < :before order by f.id desc", EvaluationFamily.class)
                .setParameter("before", before).setMaxResults(limit).getResultList();
    }

    /** The family's evaluations in the order of its datasets. */
    List<Evaluation> ofFamily(long family) {
        return entities.createQuery("select e from Evaluation e where e.familyId = :family order by e.id", Evaluation.class)
                .setParameter("family", family).getResultList();
    }
}
