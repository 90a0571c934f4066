import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface TestProvider {
  issuer: string;
  /** What the provider says of somebody, by the name they sign in with there. */
  people: Map<string, { roles: string[] }>;
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
