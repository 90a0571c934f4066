-- Which session took over from one, on the record as the end that goes with it (0100, 0125); and when
-- the record last spoke of a limit on sign-ins.
create constraint trigger on_record_renewal after update of replaced_by on public.session
  deferrable initially deferred for each row execute function audit.require_event();
alter table public.session enable always trigger on_record_renewal;
grant update (replaced_by) on public.session to rostrum_app;
grant update (noted_at) on public.sign_in_limit to rostrum_app;
