/** What of the current policy an act can rest on. */
export interface CurrentPolicy {
  version: number;
  codes: readonly string[];
}

/** What an act rested on, as the record keeps it. */
export interface Citation {
  code: string;
  version: number;
}

/**
 * The clause that a command names, with the version it stands in.
 * @returns null when it names none, or one that the current policy has not
 */
export function citationOf(command: object, policy: CurrentPolicy | null): Citation | null {
  const code = clauseIn(command);
  if (code === undefined || !policy?.codes.includes(code)) return null;
  return { code, version: policy.version };
}

/** The code of the clause that a command names. */
export function clauseIn(command: object): string | undefined {
  return 'policy' in command && typeof command.policy === 'string' ? command.policy : undefined;
}
