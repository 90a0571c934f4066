import { rolesCan } from '#app/domain/access/capabilities.ts';
import type { Viewer } from '#app/load-context.ts';

export interface Destination {
  to: string;
  /** Key of its name in the `common` words. */
  label: 'nav.rooms' | 'nav.room' | 'nav.platform' | 'nav.log' | 'nav.operators';
}

/** @returns where this viewer can go: hosts to their room, operators as far as their roles reach. */
export function destinationsOf(viewer: Viewer): Destination[] {
  if (viewer.kind === 'host') {
    return viewer.room === null ? [] : [{ to: `/rooms/${viewer.room}`, label: 'nav.room' }];
  }
  return [
    ...(rolesCan(viewer.roles, 'rooms.watch')
      ? [{ to: '/rooms', label: 'nav.rooms' } as const]
      : []),
    ...(rolesCan(viewer.roles, 'log.read') ? [{ to: '/log', label: 'nav.log' } as const] : []),
    ...(rolesCan(viewer.roles, 'platform.run')
      ? [{ to: '/platform', label: 'nav.platform' } as const]
      : []),
    ...(rolesCan(viewer.roles, 'operators.see')
      ? [{ to: '/operators', label: 'nav.operators' } as const]
      : []),
  ];
}
