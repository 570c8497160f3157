-- CVAT signs its events, works on the boxes themselves that are sent, and says of no decision when it was changed.

-- That the platform signs its events with, encrypted; null if none are taken.
alter table platform_connections add column secret text;

-- Where boxes that are sent become part of what people work on: those that were, each of which is sent once.
alter table platform_tasks add column boxes jsonb;

-- What tells the state of a review that is here from others, where the platform does not say when it was changed.
alter table platform_reviews add column state text;
