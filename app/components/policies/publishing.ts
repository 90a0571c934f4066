/** Name under which a publication waits for a fresh proof, with its reason. */
export const PUBLISHING = 'policy';
