-- The first schema. Boxes are xywh in image pixels after EXIF orientation; times are timestamptz.

create table projects (
    id          bigint generated always as identity primary key,
    name        text not null unique,
    created_at  timestamptz not null default now()
);
insert into projects (name) values ('default');

create table categories (
    id          bigint generated always as identity primary key,
    project_id  bigint not null references projects,
    name        text not null,
    unique (project_id, name)
);

create table api_tokens (
    id           bigint generated always as identity primary key,
    name         text not null unique,
    sha256       text not null unique,
    role         text not null check (role in ('administrator', 'engineer', 'reviewer', 'viewer')),
    created_at   timestamptz not null default now(),
    last_used_at timestamptz
);

-- Kept here and not in the server's memory, so that a console stays signed in when the server restarts.
create table console_sessions (
    sha256     text primary key,
    token_id   bigint not null references api_tokens on delete cascade,
    expires_at timestamptz not null
);

create table datasets (
    id               bigint generated always as identity primary key,
    project_id       bigint not null references projects,
    name             text not null,
    status           text not null check (status in ('IMPORTING', 'READY', 'REJECTED')),
    source_type      text not null,
    source_path      text not null,
    images_path      text not null,
    lenient          boolean not null,
    content_hash     text,
    duplicate_of     bigint references datasets,
    image_count      integer not null default 0,
    annotation_count integer not null default 0,
    progress_done    integer not null default 0,
    progress_total   integer,
    preflight        jsonb,
    job_execution_id bigint,
    created_at       timestamptz not null default now(),
    ready_at         timestamptz
);
create unique index datasets_name on datasets (project_id, name) where status = 'READY';
-- The same content is one dataset of a project, however often it is registered.
create unique index datasets_content on datasets (project_id, content_hash) where status = 'READY';

create table images (
    id          bigint generated always as identity primary key,
    dataset_id  bigint not null references datasets on delete cascade,
    file_name   text not null,
    path        text not null,
    width       integer not null check (width > 0),
    height      integer not null check (height > 0),
    orientation smallint not null default 1,
    sha256      text not null,
    unique (dataset_id, file_name)
);
create index images_dataset on images (dataset_id, id);

create table model_versions (
    id           bigint generated always as identity primary key,
    project_id   bigint not null references projects,
    name         text not null,
    status       text not null check (status in ('CANDIDATE', 'CHAMPION', 'RETIRED', 'REJECTED')),
    architecture text not null,
    bundle       text not null,
    sha256       text not null,
    untrained    boolean not null default false,
    provenance   jsonb not null,
    parent_id    bigint references model_versions,
    created_at   timestamptz not null default now(),
    promoted_at  timestamptz,
    unique (project_id, name)
);
create unique index model_versions_champion on model_versions (project_id) where status = 'CHAMPION';

create table labeling_runs (
    id               bigint generated always as identity primary key,
    dataset_id       bigint not null references datasets,
    model_version_id bigint not null references model_versions,
    prompts          jsonb not null,
    thresholds       jsonb not null,
    status           text not null check (status in ('STARTING', 'RUNNING', 'STOPPED', 'COMPLETED', 'FAILED')),
    stop_requested   boolean not null default false,
    -- How often a server took the run up. A chunk is written only under the number it began with.
    attempt          integer not null default 0,
    job_execution_id bigint,
    total            integer not null,
    done             integer not null default 0,
    quarantined      integer not null default 0,
    images_per_second double precision,
    error            text,
    created_at       timestamptz not null default now(),
    started_at       timestamptz,
    ended_at         timestamptz
);
create index labeling_runs_dataset on labeling_runs (dataset_id, id);

-- One row for each image a run has finished with, written in the transaction that writes its proposals: its primary key is
-- what makes a second result impossible.
create table labeling_results (
    run_id      bigint not null references labeling_runs on delete cascade,
    image_id    bigint not null references images on delete cascade,
    proposals   integer not null,
    quarantine  text,
    finished_at timestamptz not null default now(),
    primary key (run_id, image_id)
);

create table annotations (
    id               bigint generated always as identity primary key,
    image_id         bigint not null references images on delete cascade,
    dataset_id       bigint not null references datasets on delete cascade,
    category_id      bigint not null references categories,
    phrase           text,
    x                double precision not null,
    y                double precision not null,
    width            double precision not null,
    height           double precision not null,
    score            double precision,
    status           text not null check (status in ('IMPORTED', 'PROPOSED', 'SUPERSEDED', 'ACCEPTED', 'CORRECTED', 'REJECTED')),
    is_crowd         boolean not null default false,
    model_version_id bigint references model_versions,
    labeling_run_id  bigint references labeling_runs,
    ordinal          integer not null default 0,
    decided_by       text,
    decided_at       timestamptz,
    created_at       timestamptz not null default now(),
    version          integer not null default 0,
    unique (labeling_run_id, image_id, ordinal)
);
create index annotations_image on annotations (image_id);
create index annotations_dataset on annotations (dataset_id, id);
create index annotations_dataset_status on annotations (dataset_id, status, id);

-- The leases of batch jobs: db-scheduler's table, in its own form.
create table scheduled_tasks (
    task_name            text not null,
    task_instance        text not null,
    task_data            bytea,
    execution_time       timestamptz,
    picked               boolean not null,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures integer,
    last_heartbeat       timestamptz,
    version              bigint not null,
    priority             smallint,
    state                text,
    primary key (task_name, task_instance)
);
create index scheduled_tasks_execution_time on scheduled_tasks (execution_time);
create index scheduled_tasks_last_heartbeat on scheduled_tasks (last_heartbeat);

-- What an import has read and not yet published. It goes when its dataset becomes READY or REJECTED. Only the first of these
-- tables refers to datasets: a check for each of a million rows would take longer than writing them.
create table dataset_imports (
    dataset_id    bigint primary key references datasets on delete cascade,
    -- How often a server took the import up. A chunk is written only under the number it began with.
    attempt       integer not null default 0,
    -- Boxes with ids up to this one have been fitted into their images.
    boxes_checked bigint not null default 0
);

create table import_documents (
    dataset_id bigint not null,
    name       text not null,
    sha256     text not null
);
create index import_documents_dataset on import_documents (dataset_id);

create table import_categories (
    id         bigint generated always as identity primary key,
    dataset_id bigint not null,
    source_id  text not null,
    name       text not null
);
create index import_categories_dataset on import_categories (dataset_id);

create table import_images (
    id              bigint generated always as identity primary key,
    dataset_id      bigint not null,
    source_id       text not null,
    file_name       text not null,
    path            text,
    declared_width  integer,
    declared_height integer,
    inspected       boolean not null default false,
    usable          boolean not null default false,
    sha256          text,
    stored_width    integer,
    stored_height   integer,
    orientation     smallint,
    frame           text check (frame in ('UPRIGHT', 'STORED'))
);
create index import_images_source on import_images (dataset_id, source_id);
create index import_images_to_inspect on import_images (dataset_id, id) where not inspected;

create table import_boxes (
    id                 bigint generated always as identity primary key,
    dataset_id         bigint not null,
    source_id          text not null,
    image_source_id    text not null,
    category_source_id text not null,
    x                  double precision not null,
    y                  double precision not null,
    width              double precision not null,
    height             double precision not null,
    is_crowd           boolean not null,
    left_out           boolean not null default false
);
create index import_boxes_dataset on import_boxes (dataset_id, id);

create table import_findings (
    id         bigint generated always as identity primary key,
    dataset_id bigint not null,
    code       text not null,
    file       text,
    message    text not null
);
create index import_findings_dataset on import_findings (dataset_id, code, id);
