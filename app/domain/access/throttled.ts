/** What is tried too often when signing in: `account` from anywhere, `network` any account. */
export const THROTTLED = ['account', 'network', 'account_and_network', 'second_factor'] as const;
export type Throttled = (typeof THROTTLED)[number];
