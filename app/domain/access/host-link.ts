/** Why a host's link doesn't let in, as far as whoever holds it is told. */
export const HOST_LINK_REFUSALS = [
  'expired',
  'used',
  'early',
  'unusable',
  'room_closed',
  'not_host',
  'unavailable',
  'too_many',
] as const;
export type HostLinkRefusal = (typeof HOST_LINK_REFUSALS)[number];
