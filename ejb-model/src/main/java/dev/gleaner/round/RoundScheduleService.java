package dev.gleaner.round;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.account.Roles;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.labeling.LabelingRun;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.project.ProjectService;
import dev.gleaner.round.RoundSchedule.Outcome;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Sets the schedules of projects, and orders the rounds that are due. */
@Stateless
public class RoundScheduleService {

    static final String KIND = "round schedule of project";
    static final String UTC = "UTC";

    /** How long nobody else looks at a schedule that a server has looked at. */
    private static final Duration AT_LEAST = Duration.ofSeconds(10);

    @Inject
    private RoundScheduleRepository schedules;
    @Inject
    private TrainingRoundRepository rounds;
    @Inject
    private TrainingRoundService training;
    @Inject
    private ProjectService projects;
    @Inject
    private ModelVersionService models;

    /**
     * Sets a project's schedule, a new one or in place of the one it has. What can be known of its rounds' order is checked now,
     * the rest when a round is due.
     *
     * @param by whose order the rounds will be
     * @throws NotFound     if there is no such project
     * @throws InvalidInput naming every field that cannot be taken
     * @throws Conflict     if it is at another revision
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public RoundSchedule set(long project, NewRoundSchedule wanted, String by) {
        projects.get(project);
        NewRoundSchedule complete = complete(wanted);
        check(project, complete);
        Instant now = Instant.now();
        Optional<RoundSchedule> known = schedules.lock(project);
        if (known.isEmpty()) {
            // Two who make one at the same time wait for each other here.
            models.lockVersions(project);
            known = schedules.lock(project);
        }
        RoundSchedule schedule = known.isPresent() ? known.get() : new RoundSchedule(project, now);
        schedule.checkRevision(wanted.revision());
        schedule.set(complete, by, now);
        if (known.isEmpty()) {
            schedules.add(schedule);
        }
        return schedule;
    }

    private static NewRoundSchedule complete(NewRoundSchedule wanted) {
        return new NewRoundSchedule(wanted.cron(), wanted.zone() == null ? UTC : wanted.zone(),
                wanted.triggers() == null ? RoundTriggers.NONE : wanted.triggers(), wanted.round(), wanted.revision());
    }

    private void check(long project, NewRoundSchedule wanted) {
        if (wanted.cron() == null && wanted.triggers().isEmpty()) {
            throw new InvalidInput("cron", null, "a cron expression, a trigger or both");
        }
        // The zone is checked where there are only triggers, too.
        CronTimes.of(wanted.cron() == null ? "0 0 * * *" : wanted.cron(), wanted.zone());
        wanted.triggers().check();
        NewTrainingRound round = wanted.round();
        if (round == null) {
            throw new InvalidInput("round", null, "an object that orders a training round, with a dataset at least");
        }
        try {
            if (round.name() != null) {
                throw new InvalidInput("name", round.name(), "none: each round gets a name of its own, by its number");
            }
            if (round.modelVersion() != null) {
                throw new InvalidInput("modelVersion", round.modelVersion(), "none: each round begins with the champion of that day");
            }
            if (round.unlabelled() != null && wanted.triggers().newImages() != null) {
                throw new InvalidInput("unlabelled", round.unlabelled(), "no list beside triggers.newImages: new images come as new datasets");
            }
            Dataset dataset = training.check(round);
            if (dataset.projectId() != project) {
                throw new InvalidInput("dataset", round.dataset(), "the id of a dataset of project " + project);
            }
        } catch (InvalidInput e) {
            throw e.within("round");
        }
    }

    /**
     * The project's schedule; empty if it has none.
     *
     * @throws NotFound if there is no such project
     */
    @PermitAll
    public Optional<RoundSchedule> find(long project) {
        return schedules.find(projects.get(project).id());
    }

    /** What the triggers have counted by now; drift as it was when a server looked last. */
    @PermitAll
    public Counted counted(RoundSchedule schedule) {
        return counted(schedule, schedules.latestRound(schedule.round().dataset()), schedule.scores());
    }

    /**
     * @throws NotFound if there is no such project, or it has no schedule
     * @throws Conflict if it is paused already
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public RoundSchedule pause(long project, String by) {
        RoundSchedule schedule = locked(project);
        schedule.pause(by, Instant.now());
        return schedule;
    }

    /**
     * @throws NotFound if there is no such project, or it has no schedule
     * @throws Conflict if it is not paused
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public RoundSchedule resume(long project) {
        RoundSchedule schedule = locked(project);
        schedule.resume(Instant.now());
        return schedule;
    }

    /**
     * Removes it; rounds that it ordered stay.
     *
     * @throws NotFound if there is no such project, or it has no schedule
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public void remove(long project) {
        schedules.remove(locked(project));
    }

    private RoundSchedule locked(long project) {
        return schedules.lock(project).orElseThrow(() -> new NotFound(KIND, project));
    }

    /** The projects whose schedules are to be {@linkplain #look looked at}. */
    public List<Long> unchecked() {
        Instant now = Instant.now();
        return schedules.unchecked(now.minus(AT_LEAST), now);
    }

    /**
     * Orders a round of the project if one is due, and notes what was decided and why. Does nothing if another server looks at the
     * same time, or has a moment ago.
     *
     * @throws InvalidInput if a round is due and its order cannot be taken; then nothing is noted, and {@link #refused} is to be called
     */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void look(long project) {
        Instant now = Instant.now();
        schedules.lockUnchecked(project, now.minus(AT_LEAST), now).ifPresent(schedule -> look(schedule, now));
    }

    private void look(RoundSchedule schedule, Instant now) {
        long project = schedule.projectId();
        Optional<TrainingRound> latest = schedules.latestRound(schedule.round().dataset());
        Optional<ScoreDrift> drift = schedule.triggers().drift() == null ? Optional.empty() : drift(schedule, latest);
        Counted counted = counted(schedule, latest, drift);
        ScheduleFacts.Decision decision = new ScheduleFacts(now, schedule.nextDue(), schedule.times(), rounds.active(project).map(TrainingRound::id),
                schedule.triggers(), counted, failures(schedule, latest)).decide();
        schedule.checked(now, drift.orElse(null));
        if (decision.outcome() == Outcome.ORDERED) {
            TrainingRound round = training.order(order(schedule), "schedule: " + decision.reason(), schedule.setBy());
            schedule.ordered(round.id(), decision.reason(), now);
        } else {
            schedule.decide(decision.outcome(), decision.reason(), now);
        }
    }

    /**
     * Notes why a round that was due could not be ordered.
     *
     * @param why the refusal, in words
     */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void refused(long project, String why) {
        schedules.lock(project).filter(schedule -> !schedule.isPaused())
                .ifPresent(schedule -> schedule.refused("due, but its order was refused, and is tried again in an hour: " + why, Instant.now()));
    }

    /** Notes that a look at the schedule failed; it is tried again with the next one. */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void failed(long project, Throwable failure) {
        schedules.lock(project).filter(schedule -> !schedule.isPaused()).ifPresent(schedule -> schedule.failed(failure, Instant.now()));
    }

    /** Those since the latest round that did not fail. */
    private Optional<RoundFailures> failures(RoundSchedule schedule, Optional<TrainingRound> latest) {
        return RoundFailures.of(schedules.failedRounds(schedule.round().dataset(), latest.map(TrainingRound::id).orElse(0L), RoundFailures.MOST));
    }

    private NewTrainingRound order(RoundSchedule schedule) {
        return schedule.round().withUnlabelled(forTheTeacher(schedule));
    }

    /** Whose images the teacher labels: what the order says, or whatever has come without boxes. */
    private List<Long> forTheTeacher(RoundSchedule schedule) {
        NewTrainingRound round = schedule.round();
        return round.unlabelled() != null ? round.unlabelled() : schedules.withoutBoxes(schedule.projectId(), measured(round));
    }

    /** Nothing that is measured on is learnt from; 0 is no dataset's id. */
    private static List<Long> measured(NewTrainingRound round) {
        return Stream.of(round.gold(), round.outOfDomain()).map(id -> id == null ? 0 : id).toList();
    }

    private Counted counted(RoundSchedule schedule, Optional<TrainingRound> latest, Optional<ScoreDrift> drift) {
        Instant since = latest.map(TrainingRound::createdAt).orElse(null);
        List<Long> forTheTeacher = forTheTeacher(schedule);
        List<Long> learntFrom = new ArrayList<>(forTheTeacher);
        learntFrom.add(schedule.round().dataset());
        return new Counted(schedules.reviewed(learntFrom, since), forTheTeacher.isEmpty() ? 0 : schedules.images(forTheTeacher, since), drift);
    }

    /** Between the champion's newest labeling run and the one that was its newest when the latest round was ordered. */
    private Optional<ScoreDrift> drift(RoundSchedule schedule, Optional<TrainingRound> round) {
        List<LabelingRun> runs = models.champion(schedule.projectId()).map(champion -> schedules.labelingRuns(champion.id())).orElse(List.of());
        if (runs.isEmpty()) {
            return Optional.empty();
        }
        LabelingRun latest = runs.get(0);
        Instant since = round.map(TrainingRound::createdAt).orElse(Instant.EPOCH);
        List<LabelingRun> alike = runs.stream().skip(1).filter(run -> run.prompts().equals(latest.prompts())).toList();
        if (alike.isEmpty() || !latest.endedAt().orElseThrow().isAfter(since)) {
            return Optional.empty();
        }
        LabelingRun reference = alike.stream().filter(run -> !run.endedAt().orElseThrow().isAfter(since)).findFirst().orElse(alike.get(alike.size() - 1));
        double from = DoubleStream.concat(thresholds(latest), thresholds(reference)).max().orElseThrow();
        return schedule.scores().filter(known -> known.referenceRun() == reference.id() && known.latestRun() == latest.id()).or(() ->
                Optional.of(ScoreDrift.of(reference.id(), latest.id(), from, schedules.scores(reference.id(), from), schedules.scores(latest.id(), from)))
                        .filter(drift -> drift.referenceScores() > 0 && drift.latestScores() > 0));
    }

    private static DoubleStream thresholds(LabelingRun run) {
        return run.prompts().stream().mapToDouble(prompt -> run.thresholds().of(prompt.category()));
    }
}
