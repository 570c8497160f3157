-- Evaluations: how well a model version finds what people know to be there.

-- What LVIS's federated annotation tells of categories that an image has no box of; null where its boxes tell all there is.
alter table images
    -- Categories known not to be there.
    add column absent bigint[],
    -- Categories of which only some objects have boxes.
    add column not_exhaustive bigint[];
alter table import_images
    add column absent text[],
    add column not_exhaustive text[];
alter table import_categories
    add column frequency text;

-- How frequent categories are in LVIS: rare, common or frequent.
create table dataset_categories (
    dataset_id  bigint not null references datasets on delete cascade,
    category_id bigint not null references categories,
    frequency   text not null check (frequency in ('r', 'c', 'f')),
    primary key (dataset_id, category_id)
);

-- One order to evaluate a model version on several datasets, as ODinW-13 is run.
create table evaluation_families (
    id               bigint generated always as identity primary key,
    name             text not null,
    model_version_id bigint not null references model_versions,
    protocol         text not null check (protocol in ('COCO', 'LVIS_FIXED')),
    -- Images of each category that the model is tuned on before it is evaluated; null is zero-shot.
    shots            integer check (shots > 0),
    started_by       text not null,
    created_at       timestamptz not null default now()
);

create table evaluations (
    id                bigint generated always as identity primary key,
    family_id         bigint references evaluation_families,
    dataset_id        bigint not null references datasets,
    model_version_id  bigint not null references model_versions,
    protocol          text not null check (protocol in ('COCO', 'LVIS_FIXED')),
    prompts           jsonb not null,
    settings          jsonb not null,
    subset            jsonb not null,
    -- SHA-256 over the rows of evaluation_images: one line each by image id, "ID SHA256 GOLD" and
    -- "ABSENT NOT_EXHAUSTIVE" where they are not null, as PostgreSQL writes them.
    snapshot_sha256   text not null,
    gold              integer not null,
    status            text not null check (status in ('STARTING', 'RUNNING', 'STOPPED', 'COMPLETED', 'FAILED')),
    stop_requested    boolean not null default false,
    -- How often a server took the evaluation up. Results are written only under the number they began with.
    attempt           integer not null default 0,
    job_execution_id  bigint,
    total             integer not null,
    done              integer not null default 0,
    quarantined       integer not null default 0,
    images_per_second double precision,
    figures           jsonb,
    timings           jsonb,
    -- What a model trained with all labels of the dataset reaches, as somebody entered it.
    supervised_ap     double precision check (supervised_ap between 0 and 1),
    error             text,
    started_by        text not null,
    created_at        timestamptz not null default now(),
    started_at        timestamptz,
    ended_at          timestamptz
);
create index evaluations_family on evaluations (family_id, id);

-- The images of an evaluation and what counted as gold on them when it was ordered: boxes that came with the dataset or that a
-- human decided on. Later decisions change nothing in it.
create table evaluation_images (
    evaluation_id bigint not null references evaluations on delete cascade,
    image_id      bigint not null references images,
    sha256        text not null,
    gold          jsonb not null,
    -- As the image has them.
    absent         bigint[],
    not_exhaustive bigint[],
    primary key (evaluation_id, image_id)
);

-- One row for each image an evaluation has finished with, best detection first: its primary key is what makes a second result
-- impossible.
create table evaluation_detections (
    evaluation_id bigint not null,
    image_id      bigint not null,
    -- Places in the evaluation's prompts, from 0.
    prompts       integer[] not null,
    -- x, y, width and height of each in turn.
    boxes         double precision[] not null,
    scores        double precision[] not null,
    quarantine    text,
    finished_at   timestamptz not null default now(),
    primary key (evaluation_id, image_id),
    foreign key (evaluation_id, image_id) references evaluation_images on delete cascade
);

create table evaluation_categories (
    evaluation_id bigint not null references evaluations on delete cascade,
    category_id   bigint not null references categories,
    name          text not null,
    gold          integer not null,
    detections    integer not null,
    figures       jsonb not null,
    mistakes      jsonb not null,
    -- At recall 0, 0.01, ... 1 for IoU 0.5, then 0.55 and so on; none where there is no gold.
    precisions    double precision[] not null,
    primary key (evaluation_id, category_id)
);

-- The worst mistakes of each category and kind. What they are about can be found again in the images' gold and detections.
create table evaluation_mistakes (
    evaluation_id bigint not null references evaluations on delete cascade,
    -- From 1, the worst first.
    ordinal       integer not null,
    kind          text not null,
    category_id   bigint not null references categories,
    image_id      bigint not null references images,
    score         double precision,
    box           double precision[],
    gold_id       bigint,
    gold_category_id bigint references categories,
    gold_box      double precision[],
    iou           double precision not null,
    primary key (evaluation_id, ordinal)
);
