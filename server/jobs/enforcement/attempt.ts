import {
  isTrue,
  type MediaPlane,
  type PlaneReport,
  type PlaneRights,
} from '#server/media/plane.ts';
import type { Claim } from './claim.ts';

/** How one try ended, with the rights that were pushed. */
export interface Tried {
  claim: Claim;
  rights: PlaneRights;
  /** `observed`: the plane's own report says so. `delivered`: accepted, not yet seen. */
  outcome: 'observed' | 'delivered' | 'failed';
  /** Code of what went wrong; no personal data. */
  error: string | null;
}

/** How long to wait before each look at the plane, in milliseconds. */
const LOOKS = [0, 50, 200];

/**
 * Pushes rights to the plane and looks whether they are true there. Never rejects.
 * @param late told what the plane reports when a push ends after it was given up: it may have
 *   undone a newer one
 */
export async function attempt(
  plane: MediaPlane,
  claim: Claim,
  rights: PlaneRights,
  timeoutMs: number,
  late: (report: PlaneReport) => void,
): Promise<Tried> {
  const target = targetOf(claim);
  const pushed = plane.apply(target, rights);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, 'timeout');
  });
  try {
    const seen = await Promise.race([pushed.then(() => look(plane, claim, rights)), timeout]);
    if (seen === true) return { claim, rights, outcome: 'observed', error: null };
    if (seen === false) return { claim, rights, outcome: 'delivered', error: 'not_observed' };
    const settled = pushed.catch(() => {});
    settled.then(() => plane.observe(target)).then(late, () => {});
    return { claim, rights, outcome: 'failed', error: 'timeout' };
  } catch (error) {
    return { claim, rights, outcome: 'failed', error: codeOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

async function look(plane: MediaPlane, claim: Claim, rights: PlaneRights): Promise<boolean> {
  for (const wait of LOOKS) {
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (isTrue(await plane.observe(targetOf(claim)), rights)) return true;
  }
  return false;
}

/** The bare target of a claim. */
export function targetOf({ room, member }: Claim) {
  return { room, member };
}

function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  for (const word of [code, name]) {
    if (typeof word === 'string' && /^[A-Za-z][A-Za-z0-9_]{1,39}$/.test(word)) return word;
  }
  return 'error';
}
