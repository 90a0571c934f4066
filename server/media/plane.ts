import type { DesiredRights } from '#app/domain/rooms/state.ts';

/** One participant in the media plane, or (member null) a whole room that has ended. */
export interface PlaneTarget {
  room: string;
  member: string | null;
}

/** The rights that hold now, with what to tell someone who is kept out. */
export interface PlaneRights extends DesiredRights {
  /** ISO 8601: until when a removal lasts; null: until the room ends, or not removed. */
  until: string | null;
}

/** What the plane itself sees of a target; never what a client says of itself. */
export interface PlaneReport extends PlaneTarget {
  /** Sessions connected now. */
  sessions: number;
  /** Whether any of them could be heard. */
  maySpeak: boolean;
}

/**
 * Where sound flows. Rostrum tells it the rights that hold now and believes only its reports;
 * a plane that can't be reached rejects, and the worker tries again.
 */
export interface MediaPlane {
  /** Makes the rights true in every session of the target; safe to repeat. */
  apply(target: PlaneTarget, rights: PlaneRights): Promise<void>;
  /** Reads what is true now. */
  observe(target: PlaneTarget): Promise<PlaneReport>;
  /** Told of what changes without being asked, such as a session that appears. */
  onReport(listener: (report: PlaneReport) => void): void;
}

/** Whether what the plane reports is what was wanted. */
export function isTrue(report: PlaneReport, desired: DesiredRights): boolean {
  if (!desired.admitted) return report.sessions === 0;
  return report.sessions === 0 || report.maySpeak === desired.maySpeak;
}
