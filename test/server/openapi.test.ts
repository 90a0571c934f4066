import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { REFUSALS } from '#app/domain/rooms/reasons.ts';
import { openApiDocument } from '#server/api/openapi.ts';
import { admissionRequest, platformEvent } from '#server/api/schemas.ts';

const checkedIn = join(import.meta.dirname, '../../docs/api/openapi.json');

it('is checked in as it is served: else run `npm run -s rostrum -- openapi > docs/api/openapi.json`', () => {
  expect(JSON.parse(readFileSync(checkedIn, 'utf8'))).toEqual(openApiDocument());
});

it('has a schema for every reference', () => {
  const text = JSON.stringify(openApiDocument());
  const { components } = JSON.parse(text);
  const named = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(10);
  for (const name of named) expect(components.schemas).toHaveProperty(name ?? '');
});

it('says of every event and field what the server checks', () => {
  const { components } = openApiDocument() as {
    components: { schemas: Record<string, { oneOf?: { properties: object }[] }> };
  };
  const events = components.schemas.PlatformEvent?.oneOf ?? [];
  expect(events.map(({ properties }) => Object.keys(properties))).toEqual(
    platformEvent.options.map(({ shape }) => Object.keys(shape)),
  );
  expect(components.schemas.AdmissionRequest).toMatchObject({ additionalProperties: false });
  expect(Object.keys(admissionRequest.shape)).toContain('member');
  expect(JSON.stringify(components.schemas.Problem)).toContain(REFUSALS[5]);
});
