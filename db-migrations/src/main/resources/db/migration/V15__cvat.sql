-- CVAT: servers that projects are connected to, the tasks of theirs that are datasets here, and what is yet to be done about them.

create table cvat_connections (
    id            bigint generated always as identity primary key,
    project_id    bigint not null references projects,
    url           text not null,
    -- CVAT's token and the secret that it signs its events with, encrypted.
    token         text not null,
    webhook_secret text,
    -- Of the function in CVAT whose annotation requests this server takes.
    function_id   bigint,
    dataset_id    bigint references datasets,
    last_event    text,
    last_event_at timestamptz,
    error         text,
    error_at      timestamptz,
    created_at    timestamptz not null,
    unique (project_id, url)
);
create index cvat_connections_dataset on cvat_connections (dataset_id);

create table cvat_tasks (
    connection_id bigint not null references cvat_connections on delete cascade,
    task          bigint not null,
    name          text,
    -- How many frames it has; null while nobody has looked.
    frames        integer,
    -- What is to be done: fetch the images of its frames, make reviews of what people finished, send what is proposed.
    to_fetch      boolean not null,
    to_pull       boolean not null,
    to_push       boolean not null,
    -- Counts what was ordered, so that what is ordered in the middle of the work is not taken for done with it.
    orders        integer not null,
    attempts      integer not null,
    due_at        timestamptz,
    error         text,
    primary key (connection_id, task)
);
create index cvat_tasks_due on cvat_tasks (due_at) where due_at is not null;

create table cvat_frames (
    connection_id bigint not null,
    task          bigint not null,
    frame         integer not null,
    image_id      bigint not null references images on delete cascade,
    -- The SHA-256 of what people said of it, as of the last review, whose it is, and how many there were.
    reviewed      text,
    reviewer      text,
    revision      integer not null,
    -- The boxes that were sent: one that somebody deletes in CVAT is not sent again.
    sent          jsonb not null,
    primary key (connection_id, task, frame),
    foreign key (connection_id, task) references cvat_tasks on delete cascade
);
create index cvat_frames_image on cvat_frames (image_id);
