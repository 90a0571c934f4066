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
