import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Whom the demo's platform calls itself: an address that leads nowhere. */
const ISSUER = 'https://platform.demo.invalid';
/** Seconds that its links work: the longest that Rostrum takes. */
export const LINK_SECONDS = 300;

/** The demo's platform, as far as it signs links for its hosts. */
export interface HostSigner {
  /** What Rostrum is told of it, as environment variables. */
  environment: { HOST_LINK_ISSUER: string; HOST_LINK_KEYS: string };
  /** A link for a host into their room, for once. @param consoleUrl the console's own origin */
  link(consoleUrl: string, room: string, member: string): Promise<string>;
}

/** Makes the platform a key pair of its own, which is gone when the demo ends. */
export async function openHostSigner(): Promise<HostSigner> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA');
  const kid = randomUUID();
  const jwk = { ...(await exportJWK(publicKey)), kid };
  return {
    environment: { HOST_LINK_ISSUER: ISSUER, HOST_LINK_KEYS: JSON.stringify(jwk) },
    async link(consoleUrl, room, member) {
      const token = await new SignJWT({ room, member, role: 'host' })
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .setIssuer(ISSUER)
        .setAudience(consoleUrl)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime(`${LINK_SECONDS}s`)
        .sign(privateKey);
      return `${consoleUrl}/host?token=${token}`;
    },
  };
}
