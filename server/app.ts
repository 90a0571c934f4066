import type { ActAnswer } from '#app/domain/rooms/protocol.ts';
import type { Db } from '#db/client.ts';
import type { Actor } from './rooms/actor.ts';
import { openDocket } from './rooms/docket.ts';
import type { RoomChange } from './rooms/draft.ts';
import type { Limits } from './rooms/execute.ts';
import { type ForesightCounts, type ForesightOptions, openForesight } from './rooms/foresight.ts';
import type { Presence, PresenceAnswer } from './rooms/ingest.ts';
import { openIntake } from './rooms/intake.ts';
import { endRoom, type Opening, openRoom } from './rooms/open-and-end.ts';

/** What every way in may call: one line each, with permission inside. */
export interface App {
  db: Db;
  /** Carries out a command. */
  act(actor: Actor, input: unknown): Promise<ActAnswer>;
  /** Takes in presence; resolves after commit. */
  enter(roomId: string, item: Presence): Promise<PresenceAnswer>;
  /** The same for many of one room, in order: all, or none when too much waits (`busy`). */
  enterMany(roomId: string, items: readonly Presence[]): Promise<PresenceAnswer[]>;
  /** @returns whether the room was opened; false when the id is taken */
  open(opening: Opening, actorRef: string): Promise<boolean>;
  /** @returns whether the room was live */
  end(roomId: string, actorRef: string): Promise<boolean>;
  /** Tells everyone about a committed change; jobs and the enforcement worker call it too. */
  committed(change: RoomChange): void;
  /** Adds someone to be told of each committed change. */
  onCommitted(listener: (change: RoomChange) => void): void;
  intakeDepth(): number;
  foresightCounts(): ForesightCounts;
  /** Waits until all presence taken in is written. */
  drain(): Promise<void>;
}

export interface AppOptions {
  limits?: Limits;
  foresight?: ForesightOptions;
  /** Told of listeners that threw. */
  failed?: (error: unknown) => void;
  /** Milliseconds presence waits for company; default 5. */
  gatherMs?: number;
}

/** Builds the application over a database. */
export function buildApp(db: Db, options: AppOptions = {}): App {
  const foresight = openForesight(options.foresight);
  const listeners: ((change: RoomChange) => void)[] = [foresight.follow];
  const committed = (change: RoomChange) => {
    for (const listener of listeners) {
      // It is committed: whoever fails to pass it on must not make it look undone.
      try {
        listener(change);
      } catch (error) {
        options.failed?.(error);
      }
    }
  };
  const tell = (change: RoomChange | null) => {
    if (change) committed(change);
    return change !== null;
  };
  const intake = openIntake(db, {
    gatherMs: options.gatherMs ?? 5,
    pauseMs: 15,
    batchSize: 2_000,
    backlog: 20_000,
    committed,
  });
  const docket = openDocket(db, {
    limits: options.limits,
    foresight,
    lanes: 2,
    batchSize: 64,
    backlog: 5_000,
    committed,
  });
  return {
    db,
    act: docket.act,
    enter: intake.submit,
    enterMany: intake.submitMany,
    open: async (opening, actorRef) => tell(await openRoom(db, opening, actorRef)),
    end: async (roomId, actorRef) => tell(await endRoom(db, roomId, actorRef)),
    committed,
    onCommitted: (listener) => void listeners.push(listener),
    intakeDepth: intake.depth,
    foresightCounts: foresight.counts,
    drain: intake.drain,
  };
}
