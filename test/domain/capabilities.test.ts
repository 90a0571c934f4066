import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  AHEAD,
  CAPABILITIES,
  type Capability,
  can,
  capabilityOf,
  OPERATOR_ROLES,
  type Principal,
  rolesCan,
  rolesWith,
} from '#app/domain/access/capabilities.ts';
import { SCOPES } from '#app/domain/platform/view.ts';

const operator = (...roles: (typeof OPERATOR_ROLES)[number][]): Principal => ({
  kind: 'operator',
  roles,
});
const key = (...scopes: (typeof SCOPES)[number][]): Principal => ({
  kind: 'platform',
  scopes: new Set(scopes),
});

/** Columns of the table below, in order; a host asks for their own room. */
const PEOPLE: Record<string, Principal> = {
  nobody: { kind: 'nobody' },
  roleless: operator(),
  host: { kind: 'host', room: 'tea' },
  moderator: operator('moderator'),
  lead: operator('lead'),
  auditor: operator('auditor'),
  admin: operator('admin'),
  both: operator('admin', 'moderator'),
  events: key('events'),
  admissions: key('admissions'),
  rooms: key('rooms'),
};

// Written out by hand from who does what: a slip in the table shows here.
const EXPECTED: Record<Capability, string> = {
  //                     nobody roleless host | moderator lead auditor admin admin+moderator | keys
  'rooms.watch': '--h ml--b ---',
  'rooms.act': '--h ml--b ---',
  'rooms.act_on_hosts': '--- -l--- ---',
  'cases.review': '--- ml--b ---',
  'appeals.decide': '--- -l--- ---',
  'chains.act': '--- -l--- ---',
  'log.read': '--- -la-- ---',
  'log.reveal': '--- -la-- ---',
  'log.export': '--- -la-- ---',
  'members.erase': '--- -l-xb ---',
  'receipts.keep': '-oh mlaxb ---',
  'account.own': '-o- mlaxb ---',
  'roles.see': '-o- mlaxb ---',
  'operators.see': '--- -l-xb ---',
  'sessions.end': '--- -l-xb ---',
  'operators.invite': '--- ---xb ---',
  'operators.grant': '--- ---xb ---',
  'operators.disable': '--- ---xb ---',
  'platform.run': '--- ---xb ---',
  'policies.read': '-oh mlaxb ---',
  'policies.write': '--- ---xb ---',
  'api.events': '--- ----- e--',
  'api.admissions': '--- ----- -a-',
  'api.rooms': '--- ----- --r',
};

describe('who may do what', () => {
  it.each(Object.entries(EXPECTED))('%s is %s', (capability, row) => {
    const marks = [...row.replaceAll(' ', '')];
    const expected = Object.keys(PEOPLE).map((name, at) => [name, marks[at] !== '-']);
    const found = Object.entries(PEOPLE).map(([name, who]) => [
      name,
      can(who, capability as Capability, 'tea'),
    ]);
    expect(marks).toHaveLength(Object.keys(PEOPLE).length);
    expect(found).toEqual(expected);
  });

  it('is written out above for every capability', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(Object.keys(CAPABILITIES).sort());
  });

  it('adds up over all sixteen sets of roles: none takes anything away', () => {
    for (let set = 0; set < 2 ** OPERATOR_ROLES.length; set++) {
      const roles = OPERATOR_ROLES.filter((_, at) => (set & (1 << at)) !== 0);
      for (const capability of Object.keys(CAPABILITIES) as Capability[]) {
        const each = [[], ...roles.map((role) => [role])].some((one) => rolesCan(one, capability));
        expect([roles, capability, rolesCan(roles, capability)]).toEqual([roles, capability, each]);
        if (roles.length === 0) continue;
        expect(rolesWith(capability).some((role) => roles.includes(role))).toBe(each);
      }
    }
  });

  it('keeps a host to their own room, and shows an admin no room and no case', () => {
    const host = PEOPLE.host as Principal;
    for (const capability of Object.keys(CAPABILITIES) as Capability[]) {
      expect(can(host, capability, 'elsewhere')).toBe(false);
      expect(can(host, capability, null)).toBe(false);
    }
    for (const capability of ['rooms.watch', 'rooms.act', 'cases.review', 'log.read'] as const) {
      expect(rolesCan(['admin'], capability)).toBe(false);
    }
  });

  it('gives an auditor nothing that changes anything but their own account', () => {
    const held = (Object.keys(CAPABILITIES) as Capability[]).filter((one) =>
      rolesCan(['auditor'], one),
    );
    expect(held.sort()).toEqual(
      [
        'account.own',
        'log.export',
        'log.read',
        'log.reveal',
        'policies.read',
        'receipts.keep',
        'roles.see',
      ].sort(),
    );
  });

  it('has one capability for each scope of a key, which nothing else brings', () => {
    for (const scope of SCOPES)
      expect(CAPABILITIES[capabilityOf(scope)]).toEqual([`scope:${scope}`]);
  });
});
describe('the server', () => {
  const checkout = resolve(import.meta.dirname, '../..');
  const sources = (folder: string) =>
    readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => [join(folder, name), readFileSync(join(checkout, folder, name), 'utf8')]);
  const server = sources('server') as [string, string][];
  const all = [...server, ...(sources('app') as [string, string][])];

  // audit.request_access and audit.request_erasure look at the operator's row by themselves.
  const byDatabase: Capability[] = ['log.reveal', 'members.erase'];

  it('asks for every capability that is there, by its name', () => {
    const asking = ['app/routes', 'app/domain/access'].flatMap(sources) as [string, string][];
    const text = [...server, ...asking.filter(([name]) => !name.endsWith('/capabilities.ts'))]
      .map(([, source]) => source)
      .join('\n');
    for (const capability of Object.keys(CAPABILITIES) as Capability[]) {
      const asked =
        text.includes(`'${capability}'`) ||
        capability.startsWith('api.') ||
        byDatabase.includes(capability);
      expect([capability, asked]).toEqual([capability, !AHEAD.has(capability)]);
    }
  });

  it('looks at no role beside the table', () => {
    const beside =
      /(roles|\bset)\s*\??\.\s*(includes|has|some|indexOf)\(\s*'(moderator|lead|auditor|admin)'/;
    const found = all.filter(([, source]) => beside.test(source)).map(([name]) => name);
    // It gives roles, as the provider says, and leaves the last admin theirs.
    expect(found).toEqual(['server/auth/sign-in-by-provider.ts']);
  });
});
