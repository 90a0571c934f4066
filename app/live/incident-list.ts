import type { RoomEvent } from '#app/domain/rooms/events.ts';
import type { IncidentView } from '#app/domain/rooms/snapshot.ts';

/** The incidents of a room, newest last, with their numbers kept up to date. */
export interface IncidentList {
  readonly all: readonly IncidentView[];
  load(incidents: readonly IncidentView[]): void;
  /** @returns whether the list changed */
  apply(event: RoomEvent, nameOf: (member: string) => string | null): boolean;
}

/** An empty list. */
export function createIncidentList(): IncidentList {
  let all: readonly IncidentView[] = [];
  return {
    get all() {
      return all;
    },
    load(incidents) {
      all = incidents;
    },
    apply({ at, body }, nameOf) {
      if (body.type !== 'incident.opened' && body.type !== 'incident.updated') return false;
      const known = all.find(({ id }) => id === body.incidentId);
      const { inviter, returned, returnedElsewhere, ...numbers } = body.numbers;
      const view: IncidentView = {
        ...numbers,
        id: body.incidentId,
        kind: body.kind,
        at: known?.at ?? at,
        returned: returned ?? known?.returned ?? 0,
        returnedElsewhere: returnedElsewhere ?? known?.returnedElsewhere ?? 0,
        inviterName: (inviter && nameOf(inviter)) || (known?.inviterName ?? null),
      };
      all = known ? all.map((one) => (one === known ? view : one)) : [...all, view];
      return true;
    },
  };
}
