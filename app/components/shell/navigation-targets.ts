import type { Viewer } from '#app/load-context.ts';

export interface Destination {
  to: string;
  /** Key of its name in the `common` words. */
  label: 'nav.rooms' | 'nav.room' | 'nav.log';
}

/** @returns where this viewer can go: hosts to their room, operators as far as their roles reach. */
export function destinationsOf(viewer: Viewer): Destination[] {
  if (viewer.kind === 'host') {
    return viewer.room === null ? [] : [{ to: `/rooms/${viewer.room}`, label: 'nav.room' }];
  }
  const seesRooms = viewer.roles.some((role) => role !== 'admin');
  return [
    ...(seesRooms ? [{ to: '/rooms', label: 'nav.rooms' } as const] : []),
    { to: '/log', label: 'nav.log' },
  ];
}
