-- Queues of whole projects, and the last word where reviewers differ.

-- Null of a queue that is made of all datasets of its project.
alter table review_queues alter column dataset_id drop not null;

-- A RULING decides about the boxes of an image about which the reviewers of a queue differ. It is made when somebody wants to decide, and is no part of
-- what the queue hands out: neither handed out by it nor counted.
alter table review_items drop constraint review_items_kind_check;
alter table review_items add constraint review_items_kind_check check (kind in ('WORK', 'CHECK', 'OPINION', 'RULING'));
create unique index review_items_ruling on review_items (queue_id, image_id) where kind = 'RULING';
drop trigger review_items_progress on review_items;
create trigger review_items_progress after update of status on review_items for each row
    when (new.kind <> 'RULING' and old.status <> new.status and (old.status in ('DONE', 'SKIPPED') or new.status in ('DONE', 'SKIPPED')))
    execute function count_review_progress();
