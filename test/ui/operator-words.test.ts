import { expect, it } from 'vitest';
import { BROWSERS } from '#app/domain/access/account.ts';
import { CAPABILITIES, OPERATOR_ROLES } from '#app/domain/access/capabilities.ts';
import { OPERATOR_REFUSALS, ROLE_CHANGES } from '#app/domain/access/operators.ts';
import { LOCALES } from '#app/i18n/locales.ts';

it.each(LOCALES)('%s has words for every role, capability, refusal and change', async (locale) => {
  const { strings } = await import(`../../app/i18n/${locale}/operators.ts`);
  const capabilities = Object.keys(CAPABILITIES).filter((one) => !one.startsWith('api.'));
  const keys = [
    ...OPERATOR_ROLES.map((role) => `roleHelp.${role}`),
    ...capabilities.map((capability) => `can.${capability}`),
    ...OPERATOR_REFUSALS.map((reason) => `refusal.${reason}`),
    ...ROLE_CHANGES.map((change) => `news.${change}`),
    ...BROWSERS.map((browser) => `browser.${browser}`),
  ];
  expect(keys.filter((key) => !(key in strings))).toEqual([]);
  const extra = Object.keys(strings).filter((key) => /^(can|refusal)\./.test(key));
  expect(extra.filter((key) => !keys.includes(key))).toEqual([]);
});
