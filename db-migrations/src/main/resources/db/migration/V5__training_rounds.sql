-- Self-training rounds: a teacher labels what nobody has labelled, a student learns from the best of it and from gold, and a gate
-- decides whether it becomes the champion.

-- What somebody says is on an image, without saying where.
create table image_captions (
    image_id bigint primary key references images,
    caption  text not null,
    set_by   text not null,
    set_at   timestamptz not null
);

create table training_rounds (
    id                   bigint generated always as identity primary key,
    project_id           bigint not null references projects,
    -- Of the model version it makes.
    name                 text not null,
    dataset_id           bigint not null references datasets,
    -- The teacher, and what the student starts from and is compared with.
    champion_id          bigint not null references model_versions,
    prompts              jsonb not null,
    settings             jsonb not null,
    -- SHA-256 over the rows of training_round_images, as evaluations have it over theirs; null until they are written.
    snapshot_sha256      text,
    status               text not null check (status in ('STARTING', 'RUNNING', 'STOPPED', 'COMPLETED', 'FAILED')),
    stop_requested       boolean not null default false,
    -- How often a server took it up. Results are written only under the number they began with.
    attempt              integer not null default 0,
    job_execution_id     bigint,
    phase                text not null check (phase in ('QUEUED', 'SNAPSHOT', 'TEACHING', 'SELECTING', 'TRAINING', 'EVALUATING', 'GATING',
                             'REPORTING', 'DONE')),
    -- Images to train on with their gold, its boxes, images held out, images for the teacher.
    gold                 integer not null default 0,
    gold_boxes           integer not null default 0,
    held_out             integer not null default 0,
    unlabelled           integer not null default 0,
    -- Those of them with a caption, and those whose caption the teacher found something of.
    captioned            integer not null default 0,
    grounded             integer not null default 0,
    -- Images the teacher has finished with, and those of them it could not read.
    taught               integer not null default 0,
    quarantined          integer not null default 0,
    images_per_second    double precision,
    -- What the teacher found and what was selected of it, by category.
    selection            jsonb,
    -- The student's training, and what is evaluated: before and after on held-out gold, and on the guarded set from another domain.
    fine_tune_id         bigint references fine_tunes,
    evaluation_before_id bigint references evaluations,
    evaluation_after_id  bigint references evaluations,
    guard_before_id      bigint references evaluations,
    guard_after_id       bigint references evaluations,
    candidate_id         bigint references model_versions,
    -- AP before and after, overall and by slice, with intervals.
    comparison           jsonb,
    -- PASSED: good enough, but nobody asked for its promotion.
    decision             text check (decision in ('PROMOTED', 'PASSED', 'REFUSED')),
    reasons              jsonb,
    decided_at           timestamptz,
    -- How the scores of the teacher's boxes are spread.
    scores               jsonb,
    -- Why it began: somebody ordered it, or a schedule did.
    trigger              text not null,
    error                text,
    started_by           text not null,
    created_at           timestamptz not null default now(),
    started_at           timestamptz,
    ended_at             timestamptz
);
-- Never two rounds of one project at a time.
create unique index training_rounds_one_at_a_time on training_rounds (project_id) where status in ('STARTING', 'RUNNING');
create index training_rounds_project on training_rounds (project_id, id);
create index training_rounds_candidate on training_rounds (candidate_id);

-- When each phase began and ended. A phase that is gone through again keeps its beginning.
create table training_round_phases (
    round_id bigint not null references training_rounds on delete cascade,
    phase    text not null,
    began_at timestamptz not null,
    ended_at timestamptz,
    primary key (round_id, phase)
);

-- The images of a round and what humans had said of them when it began. Later decisions change nothing in it.
create table training_round_images (
    round_id       bigint not null references training_rounds on delete cascade,
    image_id       bigint not null references images,
    -- GOLD is trained on, HELD_OUT is measured on, UNLABELLED is labelled by the teacher and then trained on.
    role           text not null default 'UNLABELLED' check (role in ('GOLD', 'HELD_OUT', 'UNLABELLED')),
    sha256         text not null,
    gold           jsonb not null,
    -- As the image has them.
    absent         bigint[],
    not_exhaustive bigint[],
    -- Boxes that reviewers rejected, as gold has them.
    rejected       jsonb not null default '[]',
    -- Categories of which a reviewer decided about a box on the image: there the teacher has no say.
    decided        bigint[],
    -- What somebody said is there, where captions take part, and where the teacher found it.
    caption        text,
    grounding      jsonb,
    taught_at      timestamptz,
    -- Why the teacher could not read it.
    quarantine     text,
    primary key (round_id, image_id)
);
create index training_round_images_role on training_round_images (round_id, role, image_id);

-- What the teacher found: best first on each image. Its primary key is what makes a second result impossible.
create table training_round_boxes (
    round_id    bigint not null,
    image_id    bigint not null,
    ordinal     integer not null,
    category_id bigint not null references categories,
    x           double precision not null,
    y           double precision not null,
    width       double precision not null,
    height      double precision not null,
    score       double precision not null,
    -- How well the other views of the image confirm it, 0 to 1.
    agreement   double precision not null,
    -- Null until it was selected or not.
    selected    boolean,
    -- What dropped it: a selection, or 'human'.
    dropped_by  text,
    primary key (round_id, image_id, ordinal),
    foreign key (round_id, image_id) references training_round_images on delete cascade
);

-- Boxes of a fine-tune that are no gold, with what each of them counts: a round's student learns from its teacher's.
alter table fine_tune_images
    add column proposed jsonb,
    -- A sentence about the image with boxes for its phrases.
    add column grounding jsonb;
