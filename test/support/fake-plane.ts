import type { MediaPlane, PlaneReport, PlaneRights, PlaneTarget } from '#server/media/plane.ts';

interface Session {
  maySpeak: boolean;
}

/** A media plane in memory that can be made to misbehave in the ways a real one does. */
export interface FakePlane extends MediaPlane {
  /** A client connects, with the rights its token says; reported when `announce`. */
  connect(room: string, member: string, maySpeak: boolean, announce?: boolean): void;
  /** Every push, in the order it took effect. */
  readonly applied: (PlaneTarget & PlaneRights)[];
  /** Pushes asked for, also those that failed. */
  readonly asked: PlaneTarget[];
  faults: {
    /** Every call rejects. */
    down: boolean;
    /** Pushes are accepted and have no effect. */
    deaf: boolean;
    /** Reports lag behind: nothing changes in them. */
    stale: boolean;
    /** Awaited before a push takes effect. */
    before: ((target: PlaneTarget, rights: PlaneRights) => Promise<void>) | null;
  };
}

/** Opens one without sessions. */
export function openFakePlane(): FakePlane {
  const sessions = new Map<string, Session[]>();
  const old = new Map<string, PlaneReport>();
  const listeners: ((report: PlaneReport) => void)[] = [];
  const faults: FakePlane['faults'] = { down: false, deaf: false, stale: false, before: null };
  const applied: FakePlane['applied'] = [];
  const asked: PlaneTarget[] = [];
  const key = ({ room, member }: PlaneTarget) => `${room} ${member ?? ''}`;

  function see({ room, member }: PlaneTarget): PlaneReport {
    const found = [...sessions]
      .filter(([at]) =>
        member === null ? at.startsWith(`${room} `) : at === key({ room, member }),
      )
      .flatMap(([, open]) => open);
    return {
      room,
      member,
      sessions: found.length,
      maySpeak: found.some(({ maySpeak }) => maySpeak),
    };
  }

  function refuseWhenDown(): void {
    if (faults.down) throw Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' });
  }

  return {
    applied,
    asked,
    faults,
    connect(room, member, maySpeak, announce = false) {
      const at = key({ room, member });
      sessions.set(at, [...(sessions.get(at) ?? []), { maySpeak }]);
      if (announce) for (const listener of listeners) listener(see({ room, member }));
    },
    async apply(target, rights) {
      asked.push(target);
      await faults.before?.(target, rights);
      refuseWhenDown();
      if (!faults.stale) old.delete(key(target));
      else if (!old.has(key(target))) old.set(key(target), see(target));
      applied.push({ ...target, ...rights });
      if (faults.deaf) return;
      if (target.member === null) {
        for (const at of [...sessions.keys()]) {
          if (at.startsWith(`${target.room} `)) sessions.delete(at);
        }
      } else if (!rights.admitted) {
        sessions.delete(key(target));
      } else {
        for (const session of sessions.get(key(target)) ?? []) session.maySpeak = rights.maySpeak;
      }
    },
    async observe(target) {
      refuseWhenDown();
      return (faults.stale ? old.get(key(target)) : undefined) ?? see(target);
    },
    onReport: (listener) => void listeners.push(listener),
  };
}
