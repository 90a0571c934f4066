import { randomUUID } from 'node:crypto';

/** What every verifier must say of a bundle of a whole log, whose events have a field `reason`. */
export interface BundleAttack {
  what: string;
  verdict: 'tampered' | 'incomplete' | 'unreadable';
  /** In the words of the verifier in Python. */
  said: string;
  attack(lines: string[]): string[];
}

interface Field {
  name: string;
  salt: string | null;
  value: string | null;
  digest?: string;
  erased_by?: string;
}

interface EventLine {
  index: number;
  leaf: string;
  proof: string[];
  event: Record<string, unknown>;
  fields: Field[];
}

/** Changes the fifth line, that of entry 3. */
const edit = (change: (line: EventLine) => void) => editWhere((line) => line.index === 3, change);

/** Changes the first event line that is meant. */
function editWhere(isMeant: (line: EventLine) => boolean, change: (line: EventLine) => void) {
  return (lines: string[]) => {
    const at = lines.findIndex((text, i) => {
      return i > 0 && i < lines.length - 1 && isMeant(JSON.parse(text));
    });
    const line = JSON.parse(lines[at] as string);
    change(line);
    return lines.with(at, JSON.stringify(line));
  };
}

const fieldOf = (line: EventLine, name: string): Field =>
  line.fields.find((field) => field.name === name) as Field;

const hasErased = (line: EventLine) => line.fields.some(({ erased_by }) => erased_by !== undefined);
const isErasure = (line: EventLine) => line.event.action === 'member.erased';

export const BUNDLE_ATTACKS: BundleAttack[] = [
  {
    what: 'an edited reason',
    verdict: 'tampered',
    said: 'line 5: its fields are not those that its leaf commits to',
    attack: edit((line) => {
      fieldOf(line, 'reason').value = '"for no reason"';
    }),
  },
  {
    what: 'an edited digest of a withheld field',
    verdict: 'tampered',
    said: 'line 5: its fields are not those that its leaf commits to',
    attack: edit((line) => {
      fieldOf(line, 'before').digest = Buffer.alloc(32).toString('base64');
    }),
  },
  {
    what: 'a field that was taken out',
    verdict: 'tampered',
    said: 'line 5: its fields are not those that its leaf commits to',
    attack: edit((line) => {
      line.fields = line.fields.filter(({ name }) => name !== 'before');
    }),
  },
  {
    what: 'an erased field whose erasure is not in the log',
    verdict: 'tampered',
    said: 'which is no erasure here',
    attack: editWhere(hasErased, (line) => {
      for (const field of line.fields) if (field.erased_by) field.erased_by = randomUUID();
    }),
  },
  {
    what: 'an erased field that names an event of another kind',
    verdict: 'tampered',
    said: 'which is no erasure here',
    attack: editWhere(hasErased, (line) => {
      const { id } = JSON.parse(line.leaf);
      for (const field of line.fields) if (field.erased_by) field.erased_by = id;
    }),
  },
  {
    what: 'a field erased by hand, that names a real erasure',
    verdict: 'tampered',
    said: 'erased 4 fields, but 5 name it',
    attack: (lines) => {
      const erasure = lines
        .slice(1, -1)
        .map((text) => JSON.parse(text))
        .find(isErasure);
      return edit((line) => {
        fieldOf(line, 'before').erased_by = JSON.parse(erasure.leaf).id;
      })(lines);
    },
  },
  {
    what: "an erased field that passes for withheld, so that the erasure's count is wrong",
    verdict: 'tampered',
    said: 'erased 4 fields, but 3 name it',
    attack: editWhere(hasErased, (line) => {
      delete line.fields.find(({ erased_by }) => erased_by !== undefined)?.erased_by;
    }),
  },
  {
    what: 'an edited count of an erasure',
    verdict: 'tampered',
    said: 'its fields are not those that its leaf commits to',
    attack: editWhere(isErasure, (line) => {
      fieldOf(line, 'count').value = '5';
    }),
  },
  {
    what: 'another actor than was recorded',
    verdict: 'tampered',
    said: 'line 5: actor is shown as',
    attack: edit((line) => {
      line.event.actor = 'operator:99';
    }),
  },
  {
    what: 'another time of the act than was recorded',
    verdict: 'tampered',
    said: 'line 5: occurred_at is shown as',
    attack: edit((line) => {
      line.event.occurred_at = '2021-02-07T12:34:56.000Z';
    }),
  },
  {
    what: 'another time of recording than in the leaf',
    verdict: 'tampered',
    said: 'line 5: recorded at',
    attack: edit((line) => {
      line.event.recorded_at = '2021-02-07T12:34:56.000Z';
    }),
  },
  {
    what: "another event's leaf",
    verdict: 'tampered',
    said: 'line 5: not entry 3 of the log',
    attack: edit((line) => {
      line.leaf = line.leaf.replace(/"c":"[0-9a-f]{64}"/, `"c":"${'0'.repeat(64)}"`);
    }),
  },
  {
    what: 'a flipped bit in a proof',
    verdict: 'tampered',
    said: 'line 5: not entry 3 of the log',
    attack: edit((line) => {
      const hash = Buffer.from(line.proof[2] as string, 'base64');
      hash.writeUInt8(hash.readUInt8(7) ^ 1, 7);
      line.proof[2] = hash.toString('base64');
    }),
  },
  {
    what: 'another root in the header',
    verdict: 'tampered',
    said: 'does not hold',
    attack: (lines) => {
      const header = JSON.parse(lines[0] as string);
      const root = Buffer.alloc(32).toString('base64');
      header.checkpoint = header.checkpoint.replace(/\n[^\n]{43}=\n/, `\n${root}\n`);
      return lines.with(0, JSON.stringify(header));
    },
  },
  {
    what: 'an event that was taken out',
    verdict: 'incomplete',
    said: 'entry 8 where 7 belongs',
    attack: (lines) => lines.toSpliced(8, 1),
  },
  {
    what: 'the last event taken out, and the count set right',
    verdict: 'incomplete',
    said: 'events of',
    attack: (lines) => [
      ...lines.slice(0, -2),
      JSON.stringify({ end: true, events: lines.length - 3 }),
    ],
  },
  {
    what: 'an end that counts other events',
    verdict: 'incomplete',
    said: 'but the end says 1',
    attack: (lines) => lines.with(-1, '{"end":true,"events":1}'),
  },
  {
    what: 'a bundle without its end',
    verdict: 'incomplete',
    said: 'ends before its last line',
    attack: (lines) => lines.slice(0, -1),
  },
  {
    what: "two events in each other's place",
    verdict: 'unreadable',
    said: 'out of order',
    attack: (lines) => lines.with(8, lines[9] as string).with(9, lines[8] as string),
  },
  {
    what: 'a line after the end',
    verdict: 'unreadable',
    said: 'comes after the end',
    attack: (lines) => [...lines, lines[1] as string],
  },
  {
    what: 'a line that is not JSON',
    verdict: 'unreadable',
    said: 'line 5: not JSON',
    attack: (lines) => lines.with(4, '{'),
  },
];
