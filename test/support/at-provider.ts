/** A browser's cookies, by name. */
export type Jar = Map<string, string>;

/**
 * Goes through the pages of the tests' provider as somebody, without a browser.
 * @param to where the console sends people
 * @param back the console's own address, which nobody has to answer at
 * @param jar of the provider: who is in it is known there
 * @returns where they are sent back to, and the pages that asked something on the way
 */
export async function passProvider(
  to: string,
  { name, back, jar = new Map() }: { name: string; back: string; jar?: Jar },
): Promise<{ address: URL; asked: string[] }> {
  const asked: string[] = [];
  let form: URLSearchParams | null = null;
  for (let url = new URL(to), steps = 0; steps < 20; steps++) {
    const response: Response = await fetch(url, {
      redirect: 'manual',
      headers: { Cookie: [...jar].map(([key, value]) => `${key}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: form }),
    });
    keep(jar, response);
    form = null;
    const next = response.headers.get('location');
    if (next !== null) {
      url = new URL(next, url);
      if (url.href.startsWith(back)) return { address: url, asked };
      continue;
    }
    const page = await response.text();
    const [, action] = /<form[^>]+action="([^"]+)"/.exec(page) ?? [];
    const [, prompt] = /name="prompt" value="(\w+)"/.exec(page) ?? [];
    if (!action || !prompt) throw new Error(`The provider said ${response.status}: ${page}`);
    asked.push(prompt);
    url = new URL(action, url);
    form = new URLSearchParams({ prompt, login: name, password: 'any' });
  }
  throw new Error('The provider led nowhere');
}

function keep(jar: Jar, response: Response): void {
  for (const cookie of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (value === '') jar.delete(name);
    else jar.set(name, value);
  }
}
