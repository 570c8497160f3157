package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.round.Counted;
import dev.gleaner.round.NewRoundSchedule;
import dev.gleaner.round.NewTrainingRound;
import dev.gleaner.round.RoundSchedule;
import dev.gleaner.round.RoundScheduleService;
import dev.gleaner.round.RoundTriggers;
import dev.gleaner.round.ScoreDrift;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.time.Instant;

/** When the self-training rounds of a project begin by themselves. */
@Path("projects/{id}/round-schedule")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class RoundScheduleResource {

    public record TriggersJson(Integer reviewedBoxes, Integer newImages, Double drift) {

        static TriggersJson of(RoundTriggers triggers) {
            return new TriggersJson(triggers.reviewedBoxes(), triggers.newImages(), triggers.drift());
        }
    }

    public record RoundScheduleOrder(String cron, String zone, TriggersJson triggers, TrainingRoundOrder round, Integer revision) {

        NewRoundSchedule read() {
            return new NewRoundSchedule(cron, zone, triggers == null ? null : new RoundTriggers(triggers.reviewedBoxes, triggers.newImages, triggers.drift),
                    round == null ? null : read(round), revision);
        }

        private static NewTrainingRound read(TrainingRoundOrder round) {
            try {
                return round.read();
            } catch (InvalidInput e) {
                throw e.within("round");
            }
        }
    }

    public record DriftJson(double index, double chance, long referenceRun, int referenceScores, long latestRun, int latestScores, double from) {

        static DriftJson of(ScoreDrift drift) {
            return new DriftJson(drift.stability().index(), drift.stability().chance(), drift.referenceRun(), drift.referenceScores(),
                    drift.latestRun(), drift.latestScores(), drift.from());
        }
    }

    public record CountedJson(long reviewedBoxes, long newImages, DriftJson drift) {

        static CountedJson of(Counted counted) {
            return new CountedJson(counted.reviewedBoxes(), counted.newImages(), counted.drift().map(DriftJson::of).orElse(null));
        }
    }

    public record ScheduleDecisionJson(RoundSchedule.Outcome outcome, String reason, Instant since) {
    }

    public record RoundScheduleView(long project, String cron, String zone, TriggersJson triggers, TrainingRoundOrder round, Instant nextDue,
            CountedJson counted, ScheduleDecisionJson decision, Long lastRound, boolean paused, String pausedBy, int revision, String setBy,
            Instant checkedAt, Instant createdAt, Instant updatedAt) {
    }

    @Inject
    private RoundScheduleService schedules;

    private RoundScheduleView view(RoundSchedule schedule) {
        return new RoundScheduleView(schedule.projectId(), schedule.cron().orElse(null), schedule.zone(), TriggersJson.of(schedule.triggers()),
                TrainingRoundOrder.of(schedule.round()), schedule.nextDue().orElse(null), CountedJson.of(schedules.counted(schedule)),
                new ScheduleDecisionJson(schedule.decision(), schedule.reason(), schedule.decidedAt()), schedule.lastRoundId().orElse(null),
                schedule.isPaused(), schedule.pausedBy().orElse(null), schedule.revision(), schedule.setBy(), schedule.checkedAt().orElse(null),
                schedule.createdAt(), schedule.updatedAt());
    }

    /** 204 where there is none: that is no error of whoever asks. */
    @GET
    public RoundScheduleView get(@PathParam("id") long project) {
        return schedules.find(project).map(this::view).orElse(null);
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    public RoundScheduleView set(@PathParam("id") long project, RoundScheduleOrder order, @Context SecurityContext caller) {
        return view(schedules.set(project, order.read(), caller.getUserPrincipal().getName()));
    }

    @DELETE
    public void remove(@PathParam("id") long project) {
        schedules.remove(project);
    }

    @POST
    @Path("pause")
    public RoundScheduleView pause(@PathParam("id") long project, @Context SecurityContext caller) {
        return view(schedules.pause(project, caller.getUserPrincipal().getName()));
    }

    @POST
    @Path("resume")
    public RoundScheduleView resume(@PathParam("id") long project) {
        return view(schedules.resume(project));
    }
}
