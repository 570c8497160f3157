-- Images of which somebody said all that is there, also that nothing is.

-- What was decided in a dataset since some moment.
create index review_decisions_dataset on review_decisions (dataset_id, decided_at);

-- Of an entry that is no item's: the categories that the program it was made in knows; null stands for all.
alter table review_decisions add column categories bigint[];

-- Decisions that stand and are about a whole image, so that what has no box there is background: an ended item of a queue, or an image that was handed in in
-- another program. Of a queue that asks for some categories, or a program that knows some, it is known of these; of others, of all, which is an empty list.
create view whole_image_decisions as
select d.id, d.dataset_id, d.image_id, d.decided_at, coalesce(q.filter -> 'categories', to_jsonb(d.categories), '[]') as categories
  from review_decisions d left join review_queues q on q.id = d.queue_id
 where d.action = 'DECIDE' and d.counts and (d.item_id is not null or d.origin not in ('console', 'api'))
   and not exists (select 1 from review_decisions u where u.undoes = d.id);

-- Of these, the ones that left nothing on the image: neither a box that people vouch for, nor a proposal that was there and that nobody decided about.
create view empty_image_decisions as
select d.id, d.dataset_id, d.image_id, d.decided_at, d.categories
  from whole_image_decisions d
 where not exists (select 1 from annotations a where a.image_id = d.image_id
                      and (a.status in ('IMPORTED', 'ACCEPTED', 'CORRECTED') or a.status = 'PROPOSED' and a.created_at <= d.decided_at));
