-- How far a platform's decisions were looked through, as the platform tells it; null for the beginning.
alter table platform_connections add column mark text;
