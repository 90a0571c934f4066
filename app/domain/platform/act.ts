import type {
  EndpointChange,
  KeyRotation,
  NewEndpoint,
  NewKey,
} from '#app/domain/platform/commands.ts';

/** What the screens of keys and webhooks send: one of these. */
export type PlatformAct =
  | { makeKey: NewKey }
  | { rotateKey: KeyRotation }
  | { revokeKey: { key: string } }
  | { makeEndpoint: NewEndpoint }
  | { changeEndpoint: EndpointChange };
