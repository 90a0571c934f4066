/** Stands in for an answer that didn't come; what was sent may have arrived all the same. */
export interface Unsent {
  ok: false;
  reason: 'unsent';
}

/**
 * Asks a route of this origin for its JSON. Not by a fetcher: where that gets no answer, the error
 * takes the place of the screen, which has better to say of a lost connection.
 * @returns null when there is no answer, or a refusal
 */
export async function askJson<Answer>(path: string): Promise<Answer | null> {
  try {
    const response = await fetch(path);
    return response.ok ? ((await response.json()) as Answer) : null;
  } catch {
    return null;
  }
}

/** Sends JSON, or a form's fields, to a route of this origin, and reads the JSON it answers with. */
export async function sendJson<Answer>(
  path: string,
  input: object | URLSearchParams,
): Promise<Answer | Unsent> {
  const isForm = input instanceof URLSearchParams;
  try {
    const response = await fetch(path, {
      method: 'POST',
      body: isForm ? input : JSON.stringify(input),
      ...(!isForm && { headers: { 'Content-Type': 'application/json' } }),
    });
    return response.ok ? ((await response.json()) as Answer) : { ok: false, reason: 'unsent' };
  } catch {
    return { ok: false, reason: 'unsent' };
  }
}
