package dev.gleaner.round;

import dev.gleaner.dataset.Image;
import dev.gleaner.round.JudgedBoxes.Judged;
import dev.gleaner.round.LeftBoxes.Place;
import dev.gleaner.round.SelectionRun.Mark;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What selections of a round learn from, and what they make of its boxes. Every call joins the caller's transaction. */
@ApplicationScoped
public class SelectionRepository {

    /** Enough for thresholds; the teacher has to label each. */
    private static final int MOST_JUDGED = 1000;

    private static final String DECISIONS = """
            with round as (
                select r.id, r.project_id, p.ended_at as frozen, cast(r.settings ->> 'gold' as bigint) as gold,
                       cast(r.settings ->> 'outOfDomain' as bigint) as other
                  from training_rounds r join training_round_phases p on p.round_id = r.id and p.phase = 'SNAPSHOT' where r.id = :round)
            select b.category_id, b.score, b.hit
              from round r join review_decisions d on d.project_id = r.project_id and d.decided_at <= coalesce(r.frozen, now())
              join review_decision_boxes b on b.decision_id = d.id
             where d.action = 'DECIDE' and d.counts and b.hit is not null and b.score is not null
               and d.dataset_id is distinct from r.gold and d.dataset_id is distinct from r.other
               and not exists (select 1 from review_decisions u where u.undoes = d.id and u.decided_at <= coalesce(r.frozen, now()))
               and not exists (select 1 from training_round_images i where i.round_id = r.id and i.image_id = d.image_id and i.role = 'HELD_OUT')
             order by d.decided_at desc, d.id desc, b.ordinal limit :most
            """;
    /** Of the log, the newest. */
    private static final int MOST_DECISIONS = 200_000;

    private static final String MARK = """
            update training_round_boxes b set selected = m.dropped = '', dropped_by = nullif(m.dropped, '')
              from unnest(cast(:images as bigint[]), cast(:ordinals as integer[]), cast(:dropped as text[])) as m(image, ordinal, dropped)
             where b.round_id = :round and b.image_id = m.image and b.ordinal = m.ordinal and b.image_id between :first and :last
            """;

    private static final String JUDGE = """
            insert into training_round_judged_boxes (round_id, image_id, ordinal, category_id, score, agreement, hit)
            select :round, m.image, m.ordinal - 1, m.category, m.score, m.agreement, m.hit
              from unnest(cast(:images as bigint[]), cast(:categories as bigint[]), cast(:scores as double precision[]),
                          cast(:agreements as double precision[]), cast(:hits as boolean[])) with ordinality
                   as m(image, category, score, agreement, hit, ordinal)
            """;

    private static final String JUDGED = """
            select image_id, ordinal, category_id, score, agreement, hit from training_round_judged_boxes where round_id = :round order by image_id, ordinal
            """;

    private static final String SHARES = """
            select cast(box ->> 'category' as bigint), count(*) from training_round_images i cross join lateral jsonb_array_elements(i.gold) as box
             where i.round_id = :round and i.role in ('GOLD', 'UNLABELLED') group by 1
            """;

    /** Those that are left when a selection begins: what it and later ones drop is not gone yet. */
    private static final String LEFT = " from training_round_boxes where round_id = :round and (dropped_by is null or dropped_by in (:later)) ";

    private static final String OUTCOME = """
            select category_id, coalesce(dropped_by, ''), count(*) from training_round_boxes where round_id = :round group by 1, 2
            """;

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;
    @Inject
    private TrainingRoundRepository rounds;

    protected SelectionRepository() {
    }

    public SelectionRepository(EntityManager entities, TrainingRoundRepository rounds) {
        this.entities = entities;
        this.rounds = rounds;
    }

    /**
     * Chooses images with gold for the teacher to label as well: those that neither the champion nor a version that it comes from was trained on, as
     * far as they have {@code fewest} boxes of the round's categories; else any.
     *
     * @return how many
     */
    int judge(long round, long champion, Collection<Image> gold, int fewest) {
        Set<String> learnt = rounds.learnt(champion, gold.stream().map(Image::sha256).toList());
        List<Image> byContent = gold.stream().sorted(Comparator.comparing(Image::sha256)).toList();
        List<Long> unseen = byContent.stream().filter(image -> !learnt.contains(image.sha256())).limit(MOST_JUDGED).map(Image::id).toList();
        long boxes = ((Number) entities.createNativeQuery("select coalesce(sum(jsonb_array_length(gold)), 0) from training_round_images"
                        + " where round_id = :round and image_id = any(cast(:images as bigint[]))", Long.class)
                .setParameter("round", round).setParameter("images", array(unseen)).getSingleResult()).longValue();
        List<Long> judged = boxes >= fewest ? unseen : byContent.stream().limit(MOST_JUDGED).map(Image::id).toList();
        return entities.createNativeQuery("update training_round_images set judged = true where round_id = :round and image_id = any(cast(:images as bigint[]))")
                .setParameter("round", round).setParameter("images", array(judged)).executeUpdate();
    }

    /** An image of the round if it is one that the teacher labels although it has gold. */
    Optional<RoundImage> judged(long round, long image) {
        return Optional.ofNullable(entities.find(RoundImage.class, new RoundImage.Key(round, image))).filter(RoundImage::judged);
    }

    /** Writes how right the teacher is on an image with gold. */
    void judge(long round, List<Judged> boxes) {
        entities.createNativeQuery(JUDGE).setParameter("round", round)
                .setParameter("images", array(boxes.stream().map(judged -> judged.box().imageId()).toList()))
                .setParameter("categories", array(boxes.stream().map(judged -> judged.box().categoryId()).toList()))
                .setParameter("scores", array(boxes.stream().map(judged -> judged.box().score()).toList()))
                .setParameter("agreements", array(boxes.stream().map(judged -> judged.box().agreement()).toList()))
                .setParameter("hits", array(boxes.stream().map(Judged::right).toList())).executeUpdate();
    }

    /** How right the teacher is on gold. */
    JudgedBoxes judged(TrainingRound round) {
        FoundBoxes boxes = new FoundBoxes(0);
        BitSet right = new BitSet();
        for (Object[] row : rows(JUDGED, round.id())) {
            right.set(boxes.size(), (Boolean) row[5]);
            boxes.add(number(row[0]), (int) number(row[1]), number(row[2]), ((Number) row[3]).doubleValue(), ((Number) row[4]).doubleValue());
        }
        List<String> contents = entities.createQuery("select r.sha256 from RoundImage r where r.roundId = :round and r.judged = true", String.class)
                .setParameter("round", round.id()).getResultList();
        return new JudgedBoxes(boxes, right, !rounds.learnt(round.championId(), contents).isEmpty());
    }

    /** Which part of the gold boxes that are trained on each category has. */
    Map<Long, Double> shares(long round) {
        Map<Long, Double> shares = new HashMap<>();
        rows(SHARES, round).forEach(row -> shares.put(number(row[0]), (double) number(row[1])));
        double all = shares.values().stream().mapToDouble(Double::doubleValue).sum();
        shares.replaceAll((category, boxes) -> boxes / all);
        return shares;
    }

    /**
     * The figures of all boxes that are left when a selection begins.
     *
     * @param later its name, and those of the selections after it
     */
    LeftBoxes left(long round, Collection<String> later) {
        return new LeftBoxes() {
            @Override
            public Map<Long, long[]> scores() {
                Map<Long, long[]> scores = new HashMap<>();
                List<?> bins = entities.createNativeQuery("select category_id, greatest(0, least(:bins - 1, cast(floor(score * :bins) as integer))), count(*)" + LEFT
                        + "group by 1, 2").setParameter("bins", ScoreMixture.BINS).setParameter("round", round).setParameter("later", later).getResultList();
                bins.stream().map(Object[].class::cast).forEach(row -> scores.computeIfAbsent(number(row[0]), category -> new long[ScoreMixture.BINS])
                        [(int) number(row[1])] = number(row[2]));
                return scores;
            }

            @Override
            public Place place(long category, long before) {
                Object[] row = (Object[]) entities.createNativeQuery("select score, image_id, ordinal" + LEFT
                                + "and category_id = :category order by score desc, image_id, ordinal offset :before limit 1")
                        .setParameter("round", round).setParameter("later", later).setParameter("category", category).setParameter("before", before)
                        .getSingleResult();
                return new Place(((Number) row[0]).doubleValue(), number(row[1]), (int) number(row[2]));
            }
        };
    }

    /** Writes whether boxes are selected; of the round's boxes none is read but those of these images and of such between them. */
    void mark(long round, List<Mark> marks) {
        if (marks.isEmpty()) {
            return;
        }
        LongSummaryStatistics images = marks.stream().mapToLong(Mark::image).summaryStatistics();
        entities.createNativeQuery(MARK).setParameter("round", round).setParameter("first", images.getMin()).setParameter("last", images.getMax())
                .setParameter("images", array(marks.stream().map(Mark::image).toList()))
                .setParameter("ordinals", array(marks.stream().map(Mark::ordinal).toList()))
                .setParameter("dropped", marks.stream().map(mark -> '"' + mark.dropped() + '"').collect(Collectors.joining(",", "{", "}")))
                .executeUpdate();
    }

    /**
     * What reviewers had said of the project's proposals when the round's images were written down, newest first: not of images that it
     * measures on, and without what was undone by then.
     */
    List<ReviewedThresholds.Decision> decisions(long round) {
        return ((List<?>) entities.createNativeQuery(DECISIONS).setParameter("round", round).setParameter("most", MOST_DECISIONS).getResultList()).stream()
                .map(Object[].class::cast)
                .map(row -> new ReviewedThresholds.Decision(((Number) row[0]).longValue(), ((Number) row[1]).doubleValue(), (Boolean) row[2])).toList();
    }

    /**
     * What was found and selected of each category, in the order of their ids.
     *
     * @param names      of all categories of the round
     * @param thresholds by category
     */
    List<CategorySelection> outcome(long round, Map<Long, String> names, Map<Long, List<CategorySelection.Chosen>> thresholds) {
        Map<Long, Map<String, Integer>> fates = new HashMap<>();
        rows(OUTCOME, round).forEach(row -> fates.computeIfAbsent(number(row[0]), category -> new TreeMap<>()).put((String) row[1], (int) number(row[2])));
        List<CategorySelection> rows = new ArrayList<>();
        new TreeMap<>(names).forEach((category, name) -> {
            Map<String, Integer> dropped = fates.getOrDefault(category, new TreeMap<>());
            int found = dropped.values().stream().mapToInt(Integer::intValue).sum();
            Integer selected = dropped.remove(SelectionRun.SELECTED);
            rows.add(new CategorySelection(category, name, found, selected == null ? 0 : selected, dropped, thresholds.getOrDefault(category, List.of())));
        });
        return rows;
    }

    private List<Object[]> rows(String query, long round) {
        return ((List<?>) entities.createNativeQuery(query).setParameter("round", round).getResultList()).stream().map(Object[].class::cast).toList();
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }

    private static String array(Collection<?> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }
}
