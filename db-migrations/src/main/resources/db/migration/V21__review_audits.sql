-- A removed queue keeps what was handed out: a decision that waits in a reviewer's browser may still come.
alter table review_queues add column removed_at timestamptz;

-- Of which images a queue is made: those with open proposals, or all that a model labeled.
alter table review_queues add column among text not null default 'OPEN' check (among in ('OPEN', 'LABELED'));
-- Each image's lot: where queues draw among all images, also those on which nothing was found.
create index images_lot on images (dataset_id, hashint8extended(id, 0), id);

-- Who set which threshold when, what was before, and what after; null is the default.
create table threshold_changes (
    id         bigint generated always as identity primary key,
    project_id bigint not null,
    category   text not null,
    changed_by text not null,
    changed_at timestamptz not null,
    before     double precision,
    after      double precision
);
create index threshold_changes_project on threshold_changes (project_id, id);
create trigger threshold_changes_append_only before update or delete on threshold_changes for each row execute function refuse_change();
