import { COSIGNATURE_V1, parseVkey } from '#app/domain/audit/tlog/key.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { sha256 } from '#server/audit/sha256.ts';
import type { Witness } from '#server/audit/witness/ask-witness.ts';

/**
 * Reads `vkey url`, several separated by commas: a witness's public key and its address.
 * @returns the witnesses, and what is wrong with the others
 */
export function parseWitnesses(text: string): { witnesses: Witness[]; problems: string[] } {
  const witnesses: Witness[] = [];
  const problems: string[] = [];
  const given = text.split(',').map((each) => each.trim());
  for (const [i, each] of given.filter((one) => one !== '').entries()) {
    const [vkey = '', url = '', ...more] = each.split(/\s+/);
    const isAddress = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
    if (!isAddress || more.length > 0) {
      problems.push(`${i + 1} is not a vkey and an address`);
      continue;
    }
    try {
      const key = parseVkey(sha256, vkey);
      if (key.algorithm === COSIGNATURE_V1) witnesses.push({ url, key });
      else problems.push(`${i + 1} has the key of a log, not of a witness`);
    } catch (error) {
      if (!(error instanceof TlogError)) throw error;
      problems.push(`${i + 1}: ${error.message}`);
    }
  }
  return { witnesses, problems };
}
