import type { RoomCommand } from '#app/domain/rooms/commands.ts';
import type { RoomEvent } from '#app/domain/rooms/events.ts';
import type { AuditEntry } from '#server/audit/entry.ts';
import type { Standing } from './standing.ts';

/** A command that was accepted, with all it leaves behind. */
export interface Carried {
  command: RoomCommand;
  by: Standing;
  /** Its events; none for a report. */
  events: readonly RoomEvent[];
  /** `seq` range; `from` is above `to` when there are no events. */
  from: number;
  to: number;
  at: number;
  /** The first is the command's own; `parent` counts within this list. */
  entries: AuditEntry[];
  /** Whether it is the report that pins the room. */
  pins: boolean;
}
