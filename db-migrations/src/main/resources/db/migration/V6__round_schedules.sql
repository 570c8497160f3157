-- When the self-training rounds of a project begin by themselves.

create table round_schedules (
    project_id      bigint primary key references projects,
    -- Unix cron on the clock of a time zone; null where only triggers count.
    cron            text,
    zone            text not null,
    -- Triggers: each null unless wanted.
    reviewed_boxes  integer check (reviewed_boxes > 0),
    new_images      integer check (new_images > 0),
    drift           double precision check (drift > 0),
    -- The order that each round is made of.
    training_round  jsonb not null,
    set_by          text not null,
    -- Counts the changes that people made.
    revision        integer not null default 1,
    paused_by       text,
    next_due        timestamptz,
    -- After an order that was refused: not to be looked at before.
    held_until      timestamptz,
    checked_at      timestamptz,
    -- How the scores of the champion's labeling runs have moved; kept, since a run may have millions.
    scores          jsonb,
    decision        text not null check (decision in ('NOT_DUE', 'PAUSED', 'WAITING', 'ORDERED', 'REFUSED')),
    reason          text not null,
    -- Since when that is the decision.
    decided_at      timestamptz not null,
    -- The round it ordered last.
    last_round_id   bigint references training_rounds,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    check (cron is not null or reviewed_boxes is not null or new_images is not null or drift is not null),
    check ((cron is null) = (next_due is null))
);
create index round_schedules_checked on round_schedules (checked_at) where paused_by is null;

-- What reviewers decided since a moment.
create index annotations_decided on annotations (dataset_id, decided_at) where decided_at is not null;
-- The newest labeling runs of a model version.
create index labeling_runs_model on labeling_runs (model_version_id, ended_at);
