-- A removed queue keeps what was handed out: a decision that waits in a reviewer's browser may still come.
alter table review_queues add column removed_at timestamptz;

-- Of which images a queue is made: those with open proposals, or all that a model labeled.
alter table review_queues add column among text not null default 'OPEN' check (among in ('OPEN', 'LABELED'));
-- Each image's lot: where queues draw among all images, also those on which nothing was found.
create index images_lot on images (dataset_id, hashint8extended(id, 0), id);
