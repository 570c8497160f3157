-- Fine-tunes: trainings that make a new model version of an old one.

create table fine_tunes (
    id                    bigint generated always as identity primary key,
    -- Of a few-shot family: its result is measured on the family's gold.
    family_id             bigint references evaluation_families,
    -- Of the model version it makes.
    name                  text not null,
    dataset_id            bigint not null references datasets,
    -- It starts from this one.
    base_id               bigint not null references model_versions,
    prompts               jsonb not null,
    settings              jsonb not null,
    subset                jsonb not null,
    -- SHA-256 over the rows of fine_tune_images, as evaluations have it over theirs.
    snapshot_sha256       text not null,
    images                integer not null,
    boxes                 integer not null,
    status                text not null check (status in ('STARTING', 'RUNNING', 'STOPPED', 'COMPLETED', 'FAILED')),
    stop_requested        boolean not null default false,
    -- How often a server took it up. Results are written only under the number they began with.
    attempt               integer not null default 0,
    job_execution_id      bigint,
    phase                 text not null check (phase in ('QUEUED', 'WAITING_FOR_DEVICE', 'TRAINING', 'REGISTERING', 'DONE')),
    step                  integer not null default 0,
    steps_per_second      double precision,
    first_step            jsonb,
    latest_step           jsonb,
    quarantined           integer not null default 0,
    -- The trained bundle, once all steps are taken.
    bundle                text,
    bundle_sha256         text,
    model_version_id      bigint references model_versions,
    evaluation_before_id  bigint references evaluations,
    evaluation_after_id   bigint references evaluations,
    error                 text,
    started_by            text not null,
    created_at            timestamptz not null default now(),
    started_at            timestamptz,
    ended_at              timestamptz
);
create index fine_tunes_dataset on fine_tunes (dataset_id, id);
create index fine_tunes_family on fine_tunes (family_id, id);

-- The images of a fine-tune and what counted as gold on them when it was ordered. Later decisions change nothing in it.
create table fine_tune_images (
    fine_tune_id   bigint not null references fine_tunes on delete cascade,
    image_id       bigint not null references images,
    sha256         text not null,
    gold           jsonb not null,
    -- As the image has them.
    absent         bigint[],
    not_exhaustive bigint[],
    -- Why it could not be read; the training goes on without it.
    quarantine     text,
    quarantined_at timestamptz,
    primary key (fine_tune_id, image_id)
);

-- What each step did. A step that is taken again after a kill does the same.
create table fine_tune_steps (
    fine_tune_id  bigint not null references fine_tunes on delete cascade,
    step          integer not null,
    -- Losses and gradients may be no finite numbers.
    loss          double precision not null,
    alignment     double precision not null,
    boxes         double precision not null,
    centreness    double precision not null,
    gradient_norm double precision not null,
    learning_rate double precision not null,
    positives     integer not null,
    applied       boolean not null,
    primary key (fine_tune_id, step)
);
