import postgres from 'postgres';
import { type SequencerOptions, sequenceAll } from '#server/audit/sequencer/sequencer.ts';

export interface ManyEvents {
  /** Members who act and are acted on; made when they aren't there. Default 2,000. */
  members?: number;
  /** Default 400. */
  rooms?: number;
  /** Milliseconds since the epoch of the oldest; they are spread evenly up to now. Default: a day. */
  since?: number;
}

/** Whole hundreds: what belongs together lies within one. */
const CHUNK = 25_000;
const CONNECTIONS = 2;

/**
 * A log of many events as it would be had they happened: written, sequenced and listed.
 * @param ownerUrl a superuser's
 */
export async function fillLog(
  ownerUrl: string,
  sequencer: SequencerOptions,
  count: number,
  options: ManyEvents = {},
): Promise<void> {
  await appendManyEvents(ownerUrl, count, options);
  await sequenceAll({ ...sequencer, batchSize: 50_000 });
  await listManyEvents(ownerUrl);
}

/**
 * Writes many events as `audit.append` does, with its functions, but set by set. They wait in the
 * outbox afterwards. Member `m7` has the reference `memberRef(7)`, operator 7 `operatorRef(7)`.
 */
export async function appendManyEvents(
  ownerUrl: string,
  count: number,
  { members = 2_000, rooms = 400, since = Date.now() - 86_400_000 }: ManyEvents = {},
): Promise<void> {
  const sql = postgres(ownerUrl, { max: CONNECTIONS, onnotice: () => {}, prepare: false });
  try {
    await sql.unsafe(MEMBERS.replaceAll(':members', String(members)));
    const chunks = Array.from({ length: Math.ceil(count / CHUNK) }, (_, i) => i * CHUNK);
    const step = (Date.now() - 1_000 - since) / count;
    const work = async () => {
      for (let first = chunks.shift(); first !== undefined; first = chunks.shift()) {
        const values = {
          first,
          last: Math.min(first + CHUNK, count) - 1,
          since,
          step,
          members,
          rooms,
        };
        const text = EVENTS.replace(/:(\w+):/g, (_, name) => String(values[name as 'first']));
        await sql.begin((tx) => tx.unsafe(text));
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, work));
    await sql.unsafe('analyze audit.event, audit.disclosure');
  } finally {
    await sql.end();
  }
}

/** Does at once what `audit.list_new` does bit by bit: words by their text, indexes at the end. */
export async function listManyEvents(ownerUrl: string): Promise<void> {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  try {
    const indexes = await sql<{ name: string; definition: string }[]>`
      select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
      from pg_index where indrelid = 'audit.listing'::regclass and not indisunique`;
    await sql.begin(async (tx) => {
      for (const { name } of indexes) await tx.unsafe(`drop index ${name}`);
      await tx.unsafe(LISTING);
      await tx`set local maintenance_work_mem = '512MB'`;
      for (const { definition } of indexes) await tx.unsafe(definition);
    });
    await sql.unsafe('vacuum (analyze) audit.listing');
    await sql.unsafe('vacuum (analyze) audit.leaf, audit.outbox, audit.word');
  } finally {
    await sql.end();
  }
}

const numbered = (kind: string, n: number) =>
  `${kind}:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const memberRef = (n: number) => numbered('member', n);
export const operatorRef = (n: number) => numbered('operator', n);

const MEMBERS = `
  insert into public.member (id, ref, handle, name, locale)
  select 'm' || n, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'handle' || n,
    case n % 4 when 0 then '张伟' || n when 1 then 'Ayşe Kaya ' || n
      when 2 then 'ئايگۈل ' || n else 'Ann Other ' || n end,
    case n % 4 when 0 then 'zh-Hans' when 2 then 'ug' else 'en' end
  from generate_series(0, :members - 1) n on conflict do nothing`;

// Some actions are common and some rare, as are actors, rooms and words.
const EVENTS = `
  set local synchronous_commit = off;
  set local jit = off;
  create temporary table made on commit drop as
  select n, audit.uuid_v7(at, (n % 16384)::int) as id, at, action,
    case when action like 'command.%' then 'refused' else 'accepted' end as outcome,
    case when action like 'report.%' then 'reporter'
      when who % 3 = 0 then 'member:00000000-0000-4000-8000-' || lpad((who % :members:)::text, 12, '0')
      else 'operator:00000000-0000-4000-8000-' || lpad((who % (1 + who % 60))::text, 12, '0')
      end as actor,
    case when action like 'room.%' then 'room' when action like 'report.%' then 'report'
      else 'participant' end as target_type,
    case when action like 'room.%' then 'room:room-' || room
      when action like 'report.%' then 'report:' || gen_random_uuid()
      else 'member:00000000-0000-4000-8000-' || lpad((whom % :members:)::text, 12, '0') end as target,
    'room-' || room as room,
    case when n % 40 = 0 then 'case-' || n / 400 end as case_ref,
    case when n % 100 between 1 and 5 then n - n % 100 end as parent,
    case when n % 50 = 7 then n - 1 end as reverses,
    (array['Shouted at others', 'Played music over a speaker', 'Asked to speak again', '多次打断别人说话',
      'Spam links in the room', 'كۆپ قېتىم ئاگاھلاندۇرۇلدى', '辱骂其他成员', 'Agreed with the host'])[1 + why % 8]
      || ' ' || (array['twice', 'again', 'for an hour', 'after a warning'])[1 + why / 8 % 4]
      || case when n % 100 = 50 then ' ticket' || n else '' end
      || ' no' || why % (1 + why % 3000) as reason
  from (
    select n, date_trunc('milliseconds', to_timestamp((:since: + n * :step:) / 1000)) as at,
      abs(hashint8extended(n, 1)) as who, abs(hashint8extended(n, 2)) as whom,
      abs(hashint8extended(n, 3)) as why,
      abs(hashint8extended(n, 4)) % (1 + abs(hashint8extended(n, 5)) % :rooms:) as room,
      case when n % 100 = 0 then 'room.calmed' when n % 100 between 1 and 5 then 'participant.demoted'
        when n % 50 = 7 then 'participant.allowed_to_speak' when n % 1000 = 99 then 'operator.disabled'
        else (array['participant.muted', 'participant.muted', 'participant.muted', 'participant.removed',
          'participant.promoted', 'participant.promoted', 'hand.lowered', 'room.locked', 'report.filed',
          'command.mute'])[1 + abs(hashint8extended(n, 6)) % 10] end as action
    from generate_series(:first:::bigint, :last:) n
  ) x;
  create temporary table field on commit drop as
  select m.id, f.name, f.value, f.subject,
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as salt
  from made m
  left join made p on p.n = m.parent left join made r on r.n = m.reverses
  cross join lateral (values
    ('event', jsonb_strip_nulls(jsonb_build_object('action', m.action, 'outcome', m.outcome,
      'occurred_at', floor(extract(epoch from m.at) * 1000)::int8, 'actor', m.actor,
      'target_type', m.target_type, 'target', m.target, 'room', m.room, 'case', m.case_ref,
      'parent', p.id, 'reverses', r.id))::text, null),
    ('reason', to_json(m.reason)::text, null),
    (case when m.actor = 'reporter' then 'reporter' else 'actor_name' end,
      to_json('Somebody ' || m.n % 60)::text, m.actor)
  ) f (name, value, subject);
  insert into audit.disclosure (event_id, name, salt, value, subject_ref)
  select id, name, salt, value, subject from field order by id, name;
  create temporary table hashed on commit drop as
  select m.id, audit.leaf(f.commitment, m.id, m.at) as leaf
  from made m join (
    select id, sha256('rostrum/v1/body\\000'::bytea
      || string_agg(digest, ''::bytea order by digest)) as commitment
    from (select id, audit.field_digest(salt, name, value) as digest from field) d group by id
  ) f on f.id = m.id;
  insert into audit.event
  select m.id, m.at, m.at, m.action, 1, m.outcome, m.actor, m.target_type, m.target, m.room,
    m.case_ref, null, p.id, r.id, h.leaf, sha256('\\x00'::bytea || h.leaf)
  from made m join hashed h on h.id = m.id
  left join made p on p.n = m.parent left join made r on r.n = m.reverses
  order by m.id;
  insert into audit.outbox (event_id, leaf_hash)
  select id, sha256('\\x00'::bytea || leaf) from hashed order by id`;

const LISTING = `
  create temporary table said on commit drop as
  select distinct d.value, audit.words_of(d.value::jsonb #>> '{}') as words
  from audit.disclosure d where d.name = 'reason' and d.value is not null;
  insert into audit.listing
  select e.event_id, l.leaf_index, e.action, e.outcome, e.actor_ref, e.target_ref, e.room_ref,
    e.case_ref, e.correlation_id, e.parent_id, e.reverses_id,
    case when d.value is null or audit.is_sealed(e.action, 'reason') then '{}' else s.words end
  from audit.leaf l join audit.event e on e.event_id = l.event_id
  left join audit.disclosure d on d.event_id = e.event_id and d.name = 'reason'
  left join said s on s.value = d.value
  where l.leaf_index > (select coalesce(max(x.leaf_index), -1) from audit.listing x)
  order by l.leaf_index;
  insert into audit.word (word, events)
  select word, count(*) from audit.listing, unnest(words) word group by word
  on conflict (word) do update set events = excluded.events`;
