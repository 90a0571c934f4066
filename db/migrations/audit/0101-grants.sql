-- What the application may do, and no more. A table made later grants its own.
revoke all on all tables in schema public from public, rostrum_app;

grant select on public.room, public.participant, public.room_event, public.ingested_event,
  public.floor_segment, public.command, public.enforcement, public.hand_over, public.incident,
  public.cohort_key, public.member, public.operator, public.session, public.sign_in_link,
  public.report to rostrum_app;
grant insert on public.room, public.participant, public.room_event, public.ingested_event,
  public.floor_segment, public.command, public.enforcement, public.hand_over, public.incident,
  public.cohort_key, public.member, public.operator, public.session, public.sign_in_link,
  public.report to rostrum_app;

grant update (title, language, status, locked, hands_open, calm_command_id, calm_until,
  unattended_since, ended_at, pinned_at, seq, lock_seq, hands_seq, calm_seq, next_ord, present,
  stage, hands, attendants, shift_hours, shift_since) on public.room to rostrum_app;
grant update (role, presence, mute_rank, hand_at, mic_on, floor_since, joined_at, left_at,
  removed_at, removed_until, removal_rank, enforcement, role_seq, speech_seq, hand_seq, removal_seq,
  cohort, via, branch) on public.participant to rostrum_app;
grant update (handle, name, locale, inviter_id, prior_acts) on public.member to rostrum_app;
grant update (undone_by) on public.command to rostrum_app;
grant update (command_id, seq, state, attempts, next_attempt_at, claimed_until, last_error,
  requested_at, delivered_at, observed_at) on public.enforcement to rostrum_app;
grant update (acknowledged_by_ref, acknowledged_by_name, acknowledged_at) on public.hand_over
  to rostrum_app;
grant update (closed_at, people, seconds, share, returned, returned_elsewhere, inviter_id)
  on public.incident to rostrum_app;
grant update (closed_at) on public.report to rostrum_app;
grant update (name, roles, disabled_at) on public.operator to rostrum_app;
grant update (used_at) on public.sign_in_link to rostrum_app;
grant update (seen_at, expires_at, ended_at) on public.session to rostrum_app;

-- A day's network cohorts lose their meaning with their key.
grant delete on public.cohort_key to rostrum_app;
