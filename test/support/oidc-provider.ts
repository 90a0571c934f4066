import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface PersonThere {
  roles: string[];
  /**
   * When it says that it asked them, in seconds from now; null: it doesn't say. Default: the truth, where
   * it was told to say.
   */
  asked?: number | null;
}

export interface TestProvider {
  issuer: string;
  /** What the provider says of somebody, by the name they sign in with there. */
  people: Map<string, PersonThere>;
  stop(): Promise<void>;
}

export const CLIENT = { id: 'rostrum', secret: 'a client secret of the tests, long enough' };

/** Starts a real OpenID Connect provider whose pages take any name. @param back the console's own */
export async function startProvider(back: string): Promise<TestProvider> {
  const people: TestProvider['people'] = new Map();
  let handle: ((...args: never[]) => unknown) | undefined;
  const { createServer } = await import('node:http');
  const server: Server = createServer((request, response) => {
    (handle as unknown as (...args: unknown[]) => void)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [back] }],
    claims: { openid: ['sub'], profile: ['preferred_username', 'roles'] },
    cookies: { keys: ['a cookie key of the tests'] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, preferred_username: id, roles: people.get(id)?.roles ?? [] }),
    }),
  });
  sayWhenAsked(provider, people);
  handle = provider.callback() as never;
  return {
    issuer,
    people,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Lets what the provider says of when it asked somebody be as they are set. */
function sayWhenAsked(provider: Provider, people: TestProvider['people']): void {
  const token = provider.IdToken.prototype as unknown as {
    payload(): Promise<{ sub: string; auth_time?: number }>;
  };
  const { payload } = token;
  token.payload = async function () {
    const { auth_time: truth, ...said } = await payload.call(this);
    const asked = people.get(said.sub)?.asked;
    if (asked === null) return said;
    const other = asked === undefined ? truth : Math.floor(Date.now() / 1_000) + asked;
    return { ...said, ...(other !== undefined && { auth_time: other }) };
  };
}
