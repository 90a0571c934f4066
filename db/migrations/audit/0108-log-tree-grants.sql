-- The sequencer adds; whoever publishes reads.
set local role audit_owner;
grant select on audit.leaf, audit.tile, audit.checkpoint, audit.log_key
  to audit_sequencer, rostrum_app;
grant insert (leaf_index, event_id, leaf_hash) on audit.leaf to audit_sequencer;
grant insert (level, tile_index, hashes), update (hashes) on audit.tile to audit_sequencer;
grant insert (tree_size, root, note) on audit.checkpoint to audit_sequencer;
grant insert (vkey) on audit.log_key to audit_sequencer;

-- Locking rows, to pass over those that someone else holds, asks for this right; the table's
-- trigger refuses every update all the same.
grant update (event_id) on audit.outbox to audit_sequencer;
reset role;
