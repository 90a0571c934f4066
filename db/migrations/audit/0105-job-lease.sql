-- Which process runs which job is no part of the record.
grant select, insert, update on public.job_lease to rostrum_app;
