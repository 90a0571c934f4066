import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteCredential } from '#server/auth/accounts.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import {
  bringEveryone,
  EVERYONE,
  type Everyone,
  HALF,
  type Someone,
} from '#test/support/everyone.ts';
import { CLIENT, startProvider } from '#test/support/oidc-provider.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';
import { joined, opened, SECRETS, useRostrum } from '#test/support/rostrum.ts';

const base = useDatabase();
beforeAll(ensureBuilt, 240_000);
const provider = await startProvider('http://localhost/sign-in/provider/back');
afterAll(() => provider.stop());
const environment = {
  SIGN_INS_PER_MINUTE: '100000',
  PAGES_PER_MINUTE: '100000',
  OIDC_ISSUER: provider.issuer,
  OIDC_CLIENT_ID: CLIENT.id,
  OIDC_CLIENT_SECRET: CLIENT.secret,
  OIDC_ROLE_MAP: 'trust-and-safety=moderator',
};
const server = useRostrum(base, environment, openBuiltPages);
let everyone: Everyone;
let event = '';
let receipt = '';

beforeAll(async () => {
  for (const room of ['tea', 'walk']) {
    const body = [opened(), joined(`${room}-host`, { role: 'host' }), joined(`${room}-bo`)];
    await server.call(`/rooms/${room}/events`, { body });
  }
  everyone = await bringEveryone(base, SECRETS.all, {
    host: { member: 'tea-host', room: 'tea' },
    stranger: { member: 'walk-host', room: 'walk' },
  });
  const command = mute();
  const host = { kind: 'member', id: 'tea-host', room: 'tea' } as const;
  await server.app.act(host, command);
  receipt = command.id;
  const [row] = await base.db.sql<{ event_id: string }[]>`
    select event_id from audit.event where action = 'operator.added' limit 1`;
  event = row?.event_id ?? '';
  await addOperator(base.db, [], 'Taken');
  for (const id of Object.values(everyone.ids)) await linkSignIn(id);
}, 60_000);

/** Lets an operator have a sign-in at the provider. */
async function linkSignIn(id: string): Promise<void> {
  await base.db.begin(async (tx) => {
    await noteCredential(tx, 'system', id, 'identity_linked');
    await tx`
      insert into operator_identity (issuer, subject, operator_id)
      values (${provider.issuer}, ${id}, ${id})`;
  });
}

function mute() {
  return { id: randomUUID(), name: 'mute', room: 'tea', member: 'tea-bo', reason: 'Shouting' };
}

/** Lowers a hand that is down: whoever has the right hears just that. */
function lower() {
  return { ...mute(), name: 'lower_hand' };
}

const about = (who: Someone) => ({ operator: everyone.ids[who], reason: 'For the test' });

interface Asked {
  path: string | (() => string);
  /** Sent as a form, or as JSON. */
  form?: Record<string, string>;
  json?: () => unknown;
  /** Passkeys are tied to a name, which an address is not. */
  host?: 'localhost';
}

interface Answered {
  ok?: boolean;
  reason?: string;
  news?: unknown[];
  /** Where the page then sends its browser. */
  to?: string;
}

/** What an answer comes down to: where it leads, why it refuses, or that it does what it is for. */
async function ask(who: Someone | typeof HALF, { path, form, json, host }: Asked): Promise<string> {
  const body = form ? new URLSearchParams(form) : json ? JSON.stringify(json()) : null;
  const headers = {
    ...(await everyone.headersOf(who)),
    ...(body && { 'Sec-Fetch-Site': 'same-origin', Origin: server.url }),
    ...(json && { 'Content-Type': 'application/json' }),
  };
  const url = new URL(typeof path === 'string' ? path : path(), server.url);
  if (host) url.hostname = host;
  const response = await fetch(url, {
    redirect: 'manual',
    headers,
    ...(body && { method: 'POST', body }),
  });
  const text = await response.text();
  const to = response.headers.get('location');
  if (to?.startsWith(provider.issuer)) return '>provider';
  if (to !== null) return `>${to}`;
  if (response.status !== 200) return String(response.status);
  if (!response.headers.get('content-type')?.includes('json')) return 'ok';
  const answer = JSON.parse(text) as Answered | null;
  if (answer?.to?.startsWith(provider.issuer)) return '>provider';
  if (answer?.ok === false) return answer.reason ?? 'refused';
  return answer?.news?.length ? 'news' : 'ok';
}

const OPERATORS = 'in 403 403 ok ok ok ok ok in in';
const ADMINS = 'in 403 403 403 403 403 ok ok in in';
const LOG = 'in 403 403 403 ok ok 403 403 in in';
const NOT_THERE =
  'forbidden forbidden forbidden forbidden forbidden forbidden not_found not_found forbidden forbidden';
const CHANGED = NOT_THERE.replaceAll('not_found', 'changed');
const ALL_OK = 'ok ok ok ok ok ok ok ok ok ok';
const THERE =
  'forbidden forbidden forbidden >provider >provider >provider >provider >provider forbidden forbidden';
const all = (outcome: string) => EVERYONE.map(() => outcome).join(' ');
const unknown = '00000000-0000-4000-8000-000000000000';

/**
 * Every loader and action of every route, by the route's id: what is asked, and what comes of it for
 * each of EVERYONE, in that order. `in` is a redirect to the sign-in, `>` one to elsewhere, a number
 * an HTTP status, a word the reason of a refusal. One route may be asked in several ways (`#`).
 */
const PAGES: Record<string, [Asked, string]> = {
  'GET root': [{ path: '/sign-in.data?_routes=root' }, ALL_OK],
  'GET routes/_index': [
    { path: '/' },
    'in >/rooms/tea >/rooms/walk >/rooms >/rooms >/log >/operators >/rooms in in',
  ],
  'GET routes/rooms._index': [
    { path: '/rooms' },
    'in >/rooms/tea >/rooms/walk ok ok 403 403 ok in in',
  ],
  'GET routes/rooms.$roomId': [{ path: '/rooms/tea' }, '401 ok 403 ok ok 404 404 ok 401 401'],
  'GET routes/rooms.$roomId#nowhere': [
    { path: '/rooms/nowhere' },
    '401 403 403 404 404 404 404 404 401 401',
  ],
  'POST routes/rooms.$roomId_.act': [
    { path: '/rooms/tea/act', json: lower },
    'forbidden hand_down forbidden hand_down hand_down forbidden forbidden hand_down forbidden forbidden',
  ],
  'POST routes/rooms.$roomId_.act#elsewhere': [
    { path: '/rooms/walk/act', json: lower },
    'forbidden hand_down forbidden hand_down hand_down forbidden forbidden hand_down forbidden forbidden',
  ],
  'GET routes/policies._index': [{ path: '/policies' }, OPERATORS],
  'GET routes/policies.draft': [{ path: '/policies/draft' }, ADMINS],
  'POST routes/policies.act#save': [
    { path: '/policies/act', json: () => ({ save: { revision: 99, clauses: [] } }) },
    CHANGED,
  ],
  'POST routes/policies.act#publish': [
    { path: '/policies/act', json: () => ({ publish: { revision: 99, reason: 'For the test' } }) },
    CHANGED,
  ],
  'GET routes/policies.offered': [
    { path: '/policies/offered' },
    '403 ok ok ok ok ok ok ok 403 403',
  ],
  'GET routes/log._index': [{ path: '/log' }, LOG],
  'GET routes/log.$eventId': [{ path: () => `/log/${event}` }, LOG],
  'GET routes/log.reads': [{ path: '/log/reads' }, LOG],
  'GET routes/log.receipt': [
    { path: () => `/log/receipt?command=${receipt}` },
    '404 ok 404 404 404 404 404 404 404 404',
  ],
  'POST routes/log.access': [
    {
      path: '/log/access',
      json: () => ({ event, fields: ['name'], purpose: 'audit', why: 'To see' }),
    },
    // Nothing of this event is sealed: the right is there, the field is not.
    'forbidden forbidden forbidden forbidden no_such_field no_such_field forbidden forbidden forbidden forbidden',
  ],
  'POST routes/log.export': [
    { path: '/log/export', form: { search: '', format: 'csv', purpose: 'audit', why: 'To keep' } },
    '403 403 403 403 ok ok 403 403 403 403',
  ],
  'POST routes/log.views': [
    { path: '/log/views', form: { name: 'Mine', search: 'room=tea' } },
    'refused refused refused refused ok ok refused refused refused refused',
  ],
  'GET routes/operators._index': [{ path: '/operators' }, 'in 403 403 403 ok 403 ok ok in in'],
  'GET routes/operators.roles': [{ path: '/operators/roles' }, OPERATORS],
  // Nobody but admins has any news.
  'GET routes/operators.news': [{ path: '/operators/news' }, 'ok ok ok ok ok ok news news ok ok'],
  'POST routes/operators.news': [{ path: '/operators/news', form: { seen: unknown } }, ALL_OK],
  'POST routes/operators.act#grant': [
    {
      path: '/operators/act',
      json: () => ({ change: { ...about('moderator'), change: 'grant', role: 'moderator' } }),
    },
    'forbidden forbidden forbidden forbidden forbidden forbidden role_held role_held forbidden forbidden',
  ],
  'POST routes/operators.act#revoke': [
    {
      path: '/operators/act',
      json: () => ({ change: { ...about('auditor'), change: 'revoke', role: 'lead' } }),
    },
    'forbidden forbidden forbidden forbidden forbidden forbidden role_not_held role_not_held forbidden forbidden',
  ],
  'POST routes/operators.act#disable': [
    {
      path: '/operators/act',
      json: () => ({ change: { ...about('disabled'), change: 'disable' } }),
    },
    'forbidden forbidden forbidden forbidden forbidden forbidden already_disabled already_disabled forbidden forbidden',
  ],
  'POST routes/operators.act#enable': [
    { path: '/operators/act', json: () => ({ change: { ...about('lead'), change: 'enable' } }) },
    'forbidden forbidden forbidden forbidden forbidden forbidden not_disabled not_disabled forbidden forbidden',
  ],
  'POST routes/operators.act#own': [
    {
      path: '/operators/act',
      json: () => ({ change: { ...about('admin'), change: 'grant', role: 'lead' } }),
    },
    // The last two are two different admins: one about themselves, one about the other.
    'forbidden forbidden forbidden forbidden forbidden forbidden yourself ok forbidden forbidden',
  ],
  'POST routes/operators.act#invite': [
    { path: '/operators/act', json: () => ({ invite: { name: 'Taken', roles: ['admin'] } }) },
    'forbidden forbidden forbidden forbidden forbidden forbidden name_taken name_taken forbidden forbidden',
  ],
  'POST routes/operators.act#end': [
    { path: '/operators/act', json: () => ({ end: 'f'.repeat(64) }) },
    'forbidden forbidden forbidden forbidden not_found forbidden not_found not_found forbidden forbidden',
  ],
  'GET routes/platform._index': [{ path: '/platform' }, all('>/platform/keys')],
  'GET routes/platform.keys': [{ path: '/platform/keys' }, ADMINS],
  'GET routes/platform.webhooks._index': [{ path: '/platform/webhooks' }, ADMINS],
  'GET routes/platform.webhooks.$endpointId': [
    { path: `/platform/webhooks/${unknown}` },
    'in 403 403 403 403 403 404 404 in in',
  ],
  'POST routes/platform.act#makeKey': [
    { path: '/platform/act', json: () => ({ makeKey: { name: 'New', scopes: ['rooms'] } }) },
    'forbidden forbidden forbidden forbidden forbidden forbidden ok ok forbidden forbidden',
  ],
  'POST routes/platform.act#rotateKey': [
    {
      path: '/platform/act',
      json: () => ({ rotateKey: { key: 'a1b2c3d4e5f6', overlapHours: 1 } }),
    },
    NOT_THERE,
  ],
  'POST routes/platform.act#revokeKey': [
    { path: '/platform/act', json: () => ({ revokeKey: { key: 'a1b2c3d4e5f6' } }) },
    NOT_THERE,
  ],
  'POST routes/platform.act#makeEndpoint': [
    {
      path: '/platform/act',
      json: () => ({
        makeEndpoint: { name: 'New', url: 'https://app.example/', types: ['room.ended'] },
      }),
    },
    'forbidden forbidden forbidden forbidden forbidden forbidden ok ok forbidden forbidden',
  ],
  'POST routes/platform.act#changeEndpoint': [
    {
      path: '/platform/act',
      json: () => ({ changeEndpoint: { change: 'delete', endpoint: unknown } }),
    },
    NOT_THERE,
  ],
  'GET routes/profile': [{ path: '/profile' }, OPERATORS],
  'POST routes/profile': [
    { path: '/profile', form: { change: 'sessions' } },
    'in 403 403 >/profile >/profile >/profile >/profile >/profile in in',
  ],
  'POST routes/profile#identity': [
    {
      path: '/profile',
      form: { change: 'identity_removed', issuer: 'https://id.example', id: 'nobody' },
    },
    'in 403 403 403 403 403 403 403 in in',
  ],
  'POST routes/profile_.link': [{ path: '/profile/link', form: {} }, THERE],
  'POST routes/profile#session': [
    { path: '/profile', form: { change: 'session', id: 'f'.repeat(64) } },
    'in 403 403 403 403 403 403 403 in in',
  ],
  'GET routes/confirm': [{ path: '/confirm' }, OPERATORS],
  'POST routes/confirm': [
    { path: '/confirm', form: { password: 'x' } },
    'in 403 403 403 403 403 403 403 in in',
  ],
  'POST routes/confirm_.provider': [
    { path: '/confirm/provider', form: { to: '/operators' } },
    THERE,
  ],
  'GET routes/terminal': [{ path: '/terminal' }, OPERATORS],
  'POST routes/terminal': [
    { path: '/terminal', form: { purpose: 'erasure', code: '0000-0000-0000' } },
    OPERATORS,
  ],
  'POST routes/terminal#nothing': [
    { path: '/terminal', form: {} },
    'in 403 403 403 403 403 403 403 in in',
  ],
  'GET routes/second-factor': [{ path: '/second-factor' }, 'in >/ >/ >/ >/ >/ >/ >/ in in'],
  'POST routes/second-factor': [
    { path: '/second-factor', form: { code: '000000' } },
    'in >/ >/ >/ >/ >/ >/ >/ in in',
  ],
  'POST routes/passkey-options': [
    { path: '/passkey-options', host: 'localhost', json: () => ({ for: 'register' }) },
    'forbidden forbidden forbidden ok ok ok ok ok forbidden forbidden',
  ],
  'GET routes/sign-in': [{ path: '/sign-in' }, 'ok >/ >/ >/ >/ >/ >/ >/ ok ok'],
  'POST routes/sign-in': [
    { path: '/sign-in', form: { token: 'x' } },
    '403 >/ >/ >/ >/ >/ >/ >/ 403 403',
  ],
  'GET routes/sign-in_.provider': [{ path: '/sign-in/provider' }, all('>provider')],
  // Nobody has begun anything there: it says so, and no more.
  'GET routes/sign-in_.provider_.back': [{ path: '/sign-in/provider/back?code=x&state=y' }, ALL_OK],
  'GET routes/sign-out': [{ path: '/sign-out' }, all('>/')],
  'POST routes/sign-out': [{ path: '/sign-out', form: {} }, all('>/sign-in?left')],
  'GET routes/host': [{ path: '/host' }, ALL_OK],
  'POST routes/host': [{ path: '/host', form: { token: 'x' } }, all('403')],
  'GET routes/invitation': [{ path: '/invitation?token=x' }, ALL_OK],
  'POST routes/invitation': [
    { path: '/invitation', form: { token: 'x', password: 'nine purple otters' } },
    all('403'),
  ],
  'GET routes/set-up': [{ path: '/set-up?token=x' }, ALL_OK],
  'POST routes/set-up': [
    { path: '/set-up', form: { token: 'x', name: 'Me', password: 'nine purple otters' } },
    all('403'),
  ],
  'POST routes/preferences': [
    { path: '/preferences', form: { theme: 'dark', from: '/' } },
    all('>/'),
  ],
};

/** Where someone who owes a second factor is answered otherwise than nobody: they may give it. */
const OWING: Record<string, string> = {
  'GET routes/second-factor': 'ok',
  'POST routes/second-factor': '403',
  'POST routes/confirm_.provider': '>provider',
  'POST routes/passkey-options': 'ok',
  'GET routes/sign-in': '>/second-factor',
  'POST routes/sign-in': '>/second-factor',
};

interface Route {
  id: string;
  module: { loader?: unknown; action?: unknown; default?: unknown };
}

async function readBuild(): Promise<Route[]> {
  const file = pathToFileURL(join(import.meta.dirname, '../../build/server/index.js')).href;
  const { routes } = (await import(file)) as { routes: Record<string, Route> };
  return Object.values(routes);
}

describe('pages', () => {
  it('are all in the table, each loader and each action', async () => {
    const routes = await readBuild();
    const real = routes.flatMap(({ id, module }) => [
      ...(module.loader || (module.default && id !== 'root') ? [`GET ${id}`] : []),
      ...(module.action ? [`POST ${id}`] : []),
    ]);
    const listed = new Set(Object.keys(PAGES).map((key) => key.split('#')[0] ?? ''));
    expect(real.length).toBeGreaterThan(20);
    expect([...listed].sort()).toEqual(real.sort());
  });

  it.each(Object.entries(PAGES))('%s', async (_, [asked, row]) => {
    const found: string[] = [];
    for (const who of EVERYONE) found.push(await ask(who, asked));
    expect(found.map((one) => (one === '>/sign-in' ? 'in' : one)).join(' ')).toBe(row);
  });

  it.each(Object.entries(PAGES))(
    '%s is nobody’s who owes a second factor',
    async (page, [asked, row]) => {
      const found = (await ask(HALF, asked)).replace(/^>\/sign-in$/, 'in');
      expect(found).toBe(OWING[page] ?? row.split(' ')[0]);
    },
  );
});
