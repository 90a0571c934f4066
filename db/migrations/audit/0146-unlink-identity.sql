-- A sign-in at the organisation's provider can be given up again, on the record as it was linked (0125).
grant delete on public.operator_identity to rostrum_app;
