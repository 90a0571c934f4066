/** A validation error as zod 4 gives it; named here so that only schemas need zod. */
interface Failure {
  issues: readonly { path: readonly PropertyKey[]; message: string; code?: string }[];
}

/** Which fields were wrong and how, never with their values; at most 20. */
export function issuesOf(error: Failure): { path: string; message: string }[] {
  return error.issues.slice(0, 20).map(({ path, message }) => ({
    path: path.map(String).join('.').slice(0, 200),
    message: message.slice(0, 200),
  }));
}
