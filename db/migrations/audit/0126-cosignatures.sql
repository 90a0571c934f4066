-- What witnesses say of checkpoints: lines below the log's own signatures. A checkpoint is published
-- with those it has; the note that was signed stays as it is.
set local role audit_owner;

create table audit.cosignature (
  tree_size bigint not null references audit.checkpoint,
  line text not null check (line ~ E'^\u2014 [^ \n]+ [A-Za-z0-9+/=]+\n$' and length(line) <= 1000),
  at timestamptz not null default clock_timestamp(),
  primary key (tree_size, line)
);
select audit.make_append_only('audit.cosignature');
grant select on audit.cosignature to audit_sequencer, rostrum_app;
grant insert (tree_size, line) on audit.cosignature to audit_sequencer;

reset role;
