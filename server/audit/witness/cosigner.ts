import { type Checkpoint, parseCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { keyLabel } from '#app/domain/audit/tlog/key.ts';
import { parseNote } from '#app/domain/audit/tlog/note.ts';
import { proveConsistency } from '#app/domain/audit/tlog/prove.ts';
import { readHashesFrom } from '#app/domain/audit/tlog/tile.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import type { Sql } from '#db/client.ts';
import { readSignedNote, readTileFile } from '#server/audit/published-log.ts';
import { sha256 } from '#server/audit/sha256.ts';
import type { Log } from '#server/log.ts';
import { askWitness, type Witness, WitnessAhead } from './ask-witness.ts';

export interface Cosigner {
  /** Asks in a moment: there is a new checkpoint. */
  poke(): void;
  /** Ends after what is under way. */
  stop(): Promise<void>;
}

export interface CosignerOptions {
  /** Connected as `audit_sequencer`. */
  sql: Sql;
  log: Pick<Log, 'error'>;
  witnesses: readonly Witness[];
  /** Cosignatures are published from so many on. */
  quorum: number;
  /** Called when a checkpoint has been cosigned by enough. */
  cosigned?: () => void;
  /** Called with the reason when a witness has seen more than the log has: it was rolled back. */
  rolledBack?: (reason: string) => void;
  /** Milliseconds between two rounds at least. Default 1,000. */
  everyMs?: number;
}

/** After a failure the witnesses are left alone a little, in milliseconds. */
const AFTER_FAILURE = 10_000;

/**
 * Asks witnesses to cosign the newest checkpoint, beside the sequencer and never in its way; keeps
 * what they answer once there are enough.
 */
export function openCosigner(options: CosignerOptions): Cosigner {
  const { sql, log, witnesses, quorum, everyMs = 1_000 } = options;
  const { cosigned = () => {}, rolledBack = () => {} } = options;
  const known = new Map<string, number>();
  const complained = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let ended = false;
  let done = -1;

  async function ask(witness: Witness, note: string, tree: Checkpoint): Promise<string | null> {
    const name = keyLabel(witness.key);
    try {
      const read = readHashesFrom(sha256, tree.size, async (tile) => {
        const bytes = await readTileFile(sql, tile);
        if (bytes === null) throw new TlogError('incomplete', 'the log lacks a tile');
        return bytes;
      });
      const line = await askWitness(witness, note, known.get(name) ?? 0, (from) =>
        proveConsistency(sha256, read, from, tree.size),
      );
      known.set(name, tree.size);
      complained.delete(name);
      return line;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!complained.has(name))
        log.error({ witness: name, reason }, 'a witness did not cosign the audit log');
      complained.add(name);
      // Another process may have signed more in the meantime.
      if (error instanceof WitnessAhead && (await newestSize()) < error.size) {
        rolledBack(`the log is smaller than the witness ${name} has seen it: ${reason}`);
      }
      return null;
    }
  }

  async function newestSize(): Promise<number> {
    const note = await readSignedNote(sql);
    return note === null ? 0 : parseCheckpoint(parseNote(note).text).size;
  }

  async function round(): Promise<void> {
    const note = await readSignedNote(sql);
    if (note === null) return;
    const tree = parseCheckpoint(parseNote(note).text);
    if (tree.size === done) return;
    const answers = await Promise.all(witnesses.map((witness) => ask(witness, note, tree)));
    const lines = answers.filter((line) => line !== null);
    if (lines.length < quorum) return poke(AFTER_FAILURE);
    await sql`
      insert into audit.cosignature (tree_size, line) select ${tree.size}, unnest(${lines}::text[])
      on conflict (tree_size, line) do nothing`;
    done = tree.size;
    cosigned();
  }

  function poke(afterMs = everyMs): void {
    if (!ended) timer ??= setTimeout(start, afterMs);
  }

  function start(): void {
    timer = undefined;
    running = running.then(round).catch((error) => {
      log.error({ error }, 'the witnesses of the audit log could not be asked');
      poke(AFTER_FAILURE);
    });
  }

  return {
    poke,
    async stop() {
      ended = true;
      clearTimeout(timer);
      await running;
    },
  };
}
