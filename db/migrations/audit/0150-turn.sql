set local role audit_owner;

-- Whoever holds this row sequences. Anybody may take an advisory lock and keep it; this row only the
-- sequencer may lock, which asks for the right to update it. It is never updated.
create table audit.turn (id smallint primary key check (id = 1));
insert into audit.turn values (1);
select audit.make_append_only('audit.turn');
grant select, update (id) on audit.turn to audit_sequencer;

reset role;
