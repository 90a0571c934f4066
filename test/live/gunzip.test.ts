import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { gunzipJson } from '#app/live/gunzip.ts';

it('unpacks what the server packed, in any script, and refuses what is not gzip', async () => {
  const value = { names: ['林美玲', 'ئاينۇر'], seq: 4_812 };
  expect(await gunzipJson(new Uint8Array(gzipSync(JSON.stringify(value))))).toEqual(value);
  await expect(gunzipJson(new Uint8Array([1, 2, 3]))).rejects.toThrow();
});
