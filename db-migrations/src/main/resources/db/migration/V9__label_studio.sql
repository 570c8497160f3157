-- Label Studio: the projects that were seen there, the tasks and images of theirs that were labeled, and what is yet to be done about both.

create table label_studio_projects (
    id           bigint generated always as identity primary key,
    project_id   bigint not null references projects,
    -- By which Label Studio's calls name it: its number there and the second in which it was made, "1.1795432723".
    identity     text not null,
    title        text,
    -- Where Label Studio says it is, and where somebody says it really is.
    hostname     text,
    url          text,
    -- Label Studio's token, encrypted.
    token        text,
    label_config text,
    -- The least score of a box, as Label Studio's extra parameters have it.
    threshold    double precision,
    dataset_id   bigint references datasets,
    last_event   text,
    last_event_at timestamptz,
    error        text,
    error_at     timestamptz,
    polled_at    timestamptz,
    created_at   timestamptz not null,
    unique (project_id, identity)
);
create index label_studio_projects_dataset on label_studio_projects (dataset_id);

create table label_studio_tasks (
    connection_id    bigint not null references label_studio_projects on delete cascade,
    task             bigint not null,
    data             jsonb not null,
    -- KNOWN: nothing to be done. FETCHING: its images are to be fetched. DEFERRED: a prediction is to be sent, after labeling it or as its
    -- proposals are. SENDING: it may have been sent, so that Label Studio is asked before it is sent again. FAILED: not tried again by itself.
    status           text not null check (status in ('KNOWN', 'FETCHING', 'DEFERRED', 'SENDING', 'SENT', 'FAILED')),
    labeling         boolean not null,
    -- The SHA-256 of what was sent last.
    sent             text,
    attempts         integer not null default 0,
    due_at           timestamptz,
    error            text,
    primary key (connection_id, task)
);
create index label_studio_tasks_due on label_studio_tasks (due_at) where due_at is not null;

-- Which image a task shows under which name of its label configuration.
create table label_studio_images (
    connection_id bigint not null references label_studio_projects on delete cascade,
    task          bigint not null,
    name          text not null,
    image_id      bigint not null references images on delete cascade,
    primary key (connection_id, task, name)
);
create index label_studio_images_image on label_studio_images (image_id);

-- What of Label Studio's annotations has become a review, so that an event that comes twice or late changes nothing.
create table label_studio_annotations (
    connection_id bigint not null references label_studio_projects on delete cascade,
    annotation    bigint not null,
    task          bigint not null,
    reviewer      text not null,
    updated_at    timestamptz not null,
    deleted       boolean not null,
    primary key (connection_id, annotation)
);

-- Events that wait to be handled: only what a review needs of them, no secrets. They go when they are handled.
create table label_studio_events (
    id            bigint generated always as identity primary key,
    connection_id bigint not null references label_studio_projects on delete cascade,
    body          text not null,
    attempts      integer not null default 0,
    due_at        timestamptz not null,
    error         text
);
create index label_studio_events_due on label_studio_events (due_at, id);
