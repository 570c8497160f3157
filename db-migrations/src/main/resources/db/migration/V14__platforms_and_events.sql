-- What was Label Studio's is any labeling platform's: a connection says whose it is, and tasks and reviews have the names that the platform gives them.

alter table label_studio_projects rename to platform_connections;
alter table platform_connections add column platform text not null default 'label-studio';
alter table platform_connections alter column platform drop default;
alter table platform_connections drop constraint label_studio_projects_project_id_identity_key;
alter table platform_connections add unique (project_id, platform, identity);
alter index label_studio_projects_dataset rename to platform_connections_dataset;

alter table label_studio_tasks rename to platform_tasks;
alter table platform_tasks alter column task type text using task::text;
alter index label_studio_tasks_due rename to platform_tasks_due;

alter table label_studio_images rename to platform_images;
alter table platform_images alter column task type text using task::text;
alter index label_studio_images_image rename to platform_images_image;

alter table label_studio_annotations rename to platform_reviews;
alter table platform_reviews rename column annotation to review;
alter table platform_reviews alter column review type text using review::text;
alter table platform_reviews alter column task type text using task::text;

alter table label_studio_events rename to platform_events;
alter index label_studio_events_due rename to platform_events_due;

-- Where a decision was made: here, or in a platform of this name.
alter table review_decisions drop constraint review_decisions_origin_check;
alter table review_decisions add constraint review_decisions_origin_check check (origin ~ '^[a-z][a-z0-9-]{0,39}$');

-- Webhooks: who is told of a project's events, and what there is to tell.

create table webhooks (
    id         bigint generated always as identity primary key,
    project_id bigint not null references projects on delete cascade,
    url        text not null,
    -- Encrypted.
    secret     text not null,
    -- Names of event types.
    types      jsonb not null,
    paused     boolean not null,
    -- Nothing is sent before: a delivery that fails moves it on.
    due_at     timestamptz not null,
    -- A server is sending until then, unless it is through before.
    taken_until timestamptz,
    created_by text not null,
    created_at timestamptz not null
);
create index webhooks_project on webhooks (project_id);

-- Written in the transaction in which the event happened; sent one after the other for each webhook, by id.
create table webhook_deliveries (
    id           bigint generated always as identity primary key,
    webhook_id   bigint not null references webhooks on delete cascade,
    -- The same for all webhooks that are told of the event.
    event_id     uuid not null,
    type         text not null,
    body         text not null,
    status       text not null check (status in ('PENDING', 'DELIVERED', 'DEAD')),
    attempts     integer not null default 0,
    -- Of the last attempt: when it began, the HTTP status that came back, how long it took, and what was wrong.
    attempted_at timestamptz,
    answer       integer,
    millis       integer,
    error        text,
    created_at   timestamptz not null
);
create index webhook_deliveries_pending on webhook_deliveries (webhook_id, id) where status = 'PENDING';
create index webhook_deliveries_log on webhook_deliveries (webhook_id, id desc);
create index webhook_deliveries_age on webhook_deliveries (created_at);
