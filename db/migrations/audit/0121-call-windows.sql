-- Counts of the minute: worth no log of writes, and nothing to keep after a crash.
alter table public.call_window set unlogged;
revoke all on public.call_window from public, rostrum_app;
grant select, insert, delete on public.call_window to rostrum_app;
grant update (taken) on public.call_window to rostrum_app;
