-- How much of the time that an annotation took is in reviews: what its platform tells with each change is the time in all. Before this column each
-- change counted that anew, so that the longest is what was told last.
alter table platform_reviews add column seconds double precision;
update platform_reviews r set seconds = told.seconds
  from (select split_part(request_id, ':', 2) as connection, split_part(request_id, ':', 3) as review, max(seconds) as seconds
          from review_decisions where origin = 'label-studio' and seconds is not null group by 1, 2) told
 where told.connection = r.connection_id::text and told.review = r.review;
