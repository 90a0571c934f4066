import { describe, expect, it } from 'vitest';
import { useDatabase } from '#test/support/postgres.ts';
import { event, joined, opened, profileOf, SECRETS, useRostrum } from '#test/support/rostrum.ts';

const base = useDatabase();
const server = useRostrum(base);
const post = (room: string, events: unknown[]) =>
  server.call(`/rooms/${room}/events`, { body: events });

describe('events of the platform', () => {
  it('opens a room, fills it and ends it, and the database has it when the answer comes', async () => {
    const events = [
      opened(),
      joined('ada', { role: 'host' }),
      joined('bo', { network: '192.0.2.7' }),
      event('hand_raised', { member: 'bo' }),
      event('mic', { member: 'ada', on: true }),
      event('floor', { member: 'ada', holding: true }),
    ];
    const answer = await post('tea', events);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ accepted: 6, refused: 0 });
    const [room] = await base.db.sql`select present, stage, hands, seq from room where id = 'tea'`;
    expect(room).toEqual({ present: 2, stage: 1, hands: 1, seq: 6 });
    const [seat] = await base.db.sql`
      select cohort, via from participant where room_id = 'tea' and member_id = 'bo'`;
    expect(seat?.via).toBe('platform');
    expect(seat?.cohort).toMatch(/^[0-9a-f]{16}$/);

    expect((await post('tea', [event('room_ended')])).body.results).toMatchObject([{ ok: true }]);
    const late = await post('tea', [joined('cy')]);
    expect(late.body.results).toMatchObject([{ ok: false, reason: 'room_ended' }]);
  });

  it('keeps a network out of every table', async () => {
    await post('net', [opened(), joined('ned', { network: '203.0.113.77' })]);
    const dump = await base.db.sql`
      select to_jsonb(p)::text || (select string_agg(body::text, '') from room_event) as text
      from participant p where member_id = 'ned'`;
    expect(dump[0]?.text).toContain('ned');
    expect(dump[0]?.text).not.toContain('203.0.113.77');
  });

  it('takes the same event id in once, in one call and over calls', async () => {
    await post('once', [opened(), joined('ada')]);
    const leave = event('left', { member: 'ada' });
    const first = await post('once', [leave, leave]);
    expect(first.body.results).toEqual([
      { ok: true, id: leave.id },
      { ok: true, id: leave.id, repeated: true },
    ]);
    await post('once', [joined('ada')]);
    const again = await post('once', [leave]);
    expect(again.body.results).toEqual([{ ok: true, id: leave.id, repeated: true }]);
    const [seat] = await base.db.sql`
      select presence from participant where room_id = 'once' and member_id = 'ada'`;
    expect(seat?.presence).toBe('present');
  });

  it('answers a repeated opening as it did, and refuses to open an ended room', async () => {
    const opening = opened();
    expect((await post('again', [opening])).body.results).toEqual([{ ok: true, id: opening.id }]);
    const repeated = [{ ok: true, id: opening.id, repeated: true }];
    expect((await post('again', [opening])).body.results).toEqual(repeated);
    await post('again', [event('room_ended')]);
    expect((await post('again', [opening])).body.results).toEqual(repeated);
    const fresh = await post('again', [opened()]);
    expect(fresh.body.results).toMatchObject([{ ok: false, reason: 'room_ended' }]);
    expect((await post('nowhere', [event('room_ended')])).body.results).toMatchObject([
      { ok: false, reason: 'room_not_found' },
    ]);
  });

  it('leaves a purged room empty, whatever comes late', async () => {
    await post('gone', [opened(), joined('ada')]);
    await post('gone', [event('room_ended')]);
    await base.db.sql`select * from purge_room('gone')`;

    const late = await post('gone', [joined('bo'), event('room_ended'), opened()]);

    expect(late.body.results).toMatchObject([
      { ok: false, reason: 'room_ended' },
      { ok: true, repeated: true },
      { ok: false, reason: 'room_ended' },
    ]);
    const kept = await base.db.sql`select event_id from ingested_event where room_id = 'gone'`;
    expect(kept).toHaveLength(0);
  });

  it('loses nothing around a malformed line', async () => {
    await post('lines', [opened()]);
    const lines = [
      JSON.stringify(joined('ada')),
      '{"id":"x","type":"joined",',
      '',
      JSON.stringify({ ...joined('bo'), ip: '192.0.2.1' }),
      JSON.stringify(joined('cy')),
      '[1]',
      'null',
    ];
    const answer = await server.call('/rooms/lines/events', {
      raw: lines.join('\n'),
      type: 'application/x-ndjson',
    });
    expect(answer.status).toBe(200);
    const { results } = answer.body;
    const seen = results.map((result: { ok: boolean }) => result.ok);
    expect(seen).toEqual([true, false, false, true, false, false]);
    expect(results[1]).toEqual({
      ok: false,
      id: null,
      reason: 'invalid',
      issues: [{ path: '', message: 'is not JSON' }],
    });
    expect(JSON.stringify(results[2])).not.toContain('192.0.2.1');
    const [room] = await base.db.sql`select present from room where id = 'lines'`;
    expect(room?.present).toBe(2);
  });

  it('takes ten thousand events in one call, in order', async () => {
    const events = [
      opened(),
      ...Array.from({ length: 5_000 }, (_, i) => joined(`m${i}`)),
      ...Array.from({ length: 4_999 }, (_, i) => event('left', { member: `m${i}` })),
    ];
    const answer = await post('many', events);
    expect(answer.body).toMatchObject({ accepted: 10_000, refused: 0 });
    expect(answer.body.results.map(({ id }: { id: string }) => id)).toEqual(
      events.map(({ id }) => id),
    );
    const [room] = await base.db.sql`select present from room where id = 'many'`;
    expect(room?.present).toBe(1);
    const written = await base.db.sql`
      select body->>'type' as type, count(*) as count from room_event
      where room_id = 'many' and body->>'type' like 'participant.%' group by 1 order by 1`;
    expect(written).toEqual([
      { type: 'participant.joined', count: 5_000 },
      { type: 'participant.left', count: 4_999 },
    ]);
  });
});

describe('what is wrong with an event', () => {
  const good = { id: 'g', type: 'joined', member: 'ada', profile: profileOf('ada') };
  const bad: [string, unknown][] = [
    ['an unknown field', { ...good, room: 'other' }],
    ['an unknown type', { ...good, type: 'teleported' }],
    ['no id', { ...good, id: undefined }],
    ['an id of the wrong type', { ...good, id: 7 }],
    ['a member id with a slash', { ...good, member: '../ada' }],
    ['a wrong role', { ...good, role: 'king' }],
    ['a profile field too many', { ...good, profile: { ...profileOf('ada'), phone: '1' } }],
    ['an endless name', { ...good, profile: { ...profileOf('ada'), name: 'x'.repeat(129) } }],
    ['NUL in a name', { ...good, profile: { ...profileOf('ada'), name: 'a\u0000b' } }],
    ['half a character', { ...good, profile: { ...profileOf('ada'), handle: '\ud800' } }],
    [
      'a year no database knows',
      { ...good, profile: { ...profileOf('ada'), memberSince: '0000-01-01T00:00:00Z' } },
    ],
    ['a time without a zone', { ...good, at: '2021-02-07T10:00:00' }],
    ['a network with a space', { ...good, network: '1.2.3.4 5' }],
    ['mic without its state', { id: 'm', type: 'mic', member: 'ada' }],
    ['mic as text', { id: 'm', type: 'mic', member: 'ada', on: 'true' }],
    ['a title of nothing', { id: 'o', type: 'room_opened', title: ' ', language: 'en' }],
    [
      'a shift of a year',
      { id: 'o', type: 'room_opened', title: 'x', language: 'en', shiftHours: 9999 },
    ],
    ['a prototype', JSON.parse('{"__proto__":{"id":"p"},"type":"room_ended"}')],
    ['a number', 7],
    ['an array', []],
  ];

  it.each(bad)('%s is refused by itself', async (_, value) => {
    const room = 'bad';
    await post(room, [opened()]);
    const member = joined(`after-${Math.random().toString(36).slice(2)}`);
    const { status, body } = await post(room, [value, member]);
    expect(status).toBe(200);
    expect(body.results).toMatchObject([{ ok: false, reason: 'invalid' }, { ok: true }]);
  });

  it('refuses a presence event about someone unknown', async () => {
    await post('who', [opened()]);
    const { body } = await post('who', [
      event('left', { member: 'stranger' }),
      event('joined', { member: 'stranger' }),
    ]);
    expect(body.results).toMatchObject([
      { ok: false, reason: 'not_in_room' },
      { ok: false, reason: 'not_in_room' },
    ]);
  });
});

describe('what is wrong with a call', () => {
  const path = '/rooms/tea/events';

  it.each([
    ['no key', { secret: null }, 401, 'unauthenticated'],
    ['a wrong key', { secret: 'x'.repeat(40) }, 401, 'unauthenticated'],
    ['a key of another scope', { secret: SECRETS.reader }, 403, 'forbidden'],
    ['another type', { type: 'text/plain', raw: '[]' }, 415, 'wrong_type'],
    ['an object', { body: { events: [] } }, 422, 'invalid'],
    ['no JSON', { raw: '[{' }, 422, 'invalid'],
    ['too many', { body: Array(10_001).fill(0) }, 413, 'too_large'],
    [
      'too many lines',
      { raw: '0\n'.repeat(10_001), type: 'application/x-ndjson' },
      413,
      'too_large',
    ],
    ['too large', { raw: `["${'x'.repeat(8_400_000)}"]` }, 413, 'too_large'],
    ['a wrong method', { method: 'DELETE' }, 405, 'wrong_method'],
  ])('%s', async (_, options, status, reason) => {
    const answer = await server.call(path, { body: [], ...options });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status, reason, type: 'about:blank' });
  });

  it('refuses a room id that is none, and an address that is none', async () => {
    expect((await server.call('/rooms/a%2Fb/events', { body: [] })).status).toBe(422);
    expect((await server.call('/rooms/%E0%A4%A/events', { body: [] })).status).toBe(422);
    expect((await server.call('/nothing', { secret: null })).body.reason).toBe('not_found');
  });

  it('refuses a body that unpacks to too much', async () => {
    const { gzipSync } = await import('node:zlib');
    const raw = new Uint8Array(gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')));
    const answer = await server.call(path, { raw, headers: { 'Content-Encoding': 'gzip' } });
    expect(answer.status).toBe(413);
  });

  it('limits calls of a key and tells so', async () => {
    const answer = await server.call(path, { body: [] });
    expect(Number(answer.headers.get('ratelimit-limit'))).toBe(6_000);
    expect(Number(answer.headers.get('ratelimit-remaining'))).toBeLessThan(6_000);
  });
});
