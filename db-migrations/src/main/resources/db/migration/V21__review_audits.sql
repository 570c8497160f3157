-- A removed queue keeps what was handed out: a decision that waits in a reviewer's browser may still come.
alter table review_queues add column removed_at timestamptz;
