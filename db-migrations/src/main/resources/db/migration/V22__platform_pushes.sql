-- Whether the platform has a prediction of a task from a call of its own: then none is added without a look at what it has.
-- Before this column nobody noted it, so that every task that waits for nothing may be such a one.
alter table platform_tasks add column answered boolean not null default false;
update platform_tasks set answered = true where sent is null and status in ('KNOWN', 'DEFERRED', 'FAILED')
    and connection_id in (select id from platform_connections where platform = 'label-studio');

-- Tasks that the last push left out, since nothing had looked at their images.
alter table platform_connections add column left_out integer not null default 0;
