-- What reviewing reads of datasets with millions of boxes: each page and each queue goes by one of these.

-- Open proposals by category and score, as before, now with what a gallery sorts by beside them: it reads no box that it does not show.
drop index annotations_open;
create index annotations_open on annotations (dataset_id, category_id, score, id) include (image_id, width, height) where status = 'PROPOSED';
-- The same by the lot that each image has: where queues draw.
create index annotations_lot on annotations (dataset_id, category_id, hashint8extended(image_id, 0), image_id) include (score) where status = 'PROPOSED';
-- Images that have a box of a status.
create index annotations_status_image on annotations (dataset_id, status, image_id);

-- The newest answers to compare, in place of those of a queue, which nothing asks for.
drop index review_items_answers;
create index review_items_answered on review_items (decided_at) where answer is not null;
-- What was undone, which is little beside what was not.
create index review_decisions_undone on review_decisions (undoes) where undoes is not null;
-- What is held of a queue, and by whom.
drop index review_items_held;
create index review_items_held on review_items (queue_id, reviewer, claimed_until) where status = 'CLAIMED';

-- How many items of a queue each reviewer is done with, counted as they are decided, so that a list of queues passes no items; by reviewer, so that
-- nobody waits for another's decision to be written. It does not refer to queues: a decision would wait for whoever removes one.
create table review_queue_progress (
    queue_id bigint not null,
    reviewer text not null,
    done     integer not null default 0,
    skipped  integer not null default 0,
    primary key (queue_id, reviewer)
);
insert into review_queue_progress (queue_id, reviewer, done, skipped)
select queue_id, reviewer, count(*) filter (where status = 'DONE'), count(*) filter (where status = 'SKIPPED')
  from review_items where status in ('DONE', 'SKIPPED') group by queue_id, reviewer;

create function count_review_progress() returns trigger language plpgsql as $$
begin
    insert into review_queue_progress as p (queue_id, reviewer, done, skipped)
    values (new.queue_id, coalesce(new.reviewer, old.reviewer), (new.status = 'DONE')::integer - (old.status = 'DONE')::integer,
            (new.status = 'SKIPPED')::integer - (old.status = 'SKIPPED')::integer)
        on conflict (queue_id, reviewer) do update set done = p.done + excluded.done, skipped = p.skipped + excluded.skipped;
    return null;
end $$;
-- Items come to be open and go with their queue.
create trigger review_items_progress after update of status on review_items for each row
    when (old.status <> new.status and (old.status in ('DONE', 'SKIPPED') or new.status in ('DONE', 'SKIPPED'))) execute function count_review_progress();
