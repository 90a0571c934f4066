import { sendJson } from '#app/ask-json.ts';
import type { PasskeyAsk, PasskeyOptions } from '#app/domain/access/account.ts';
import type { Refusal } from './refusal-text.ts';

/** What the device answered, for the server to check; or why there is no answer. */
export type DeviceAnswer = { ok: true; response: unknown } | ({ ok: false } & Refusal);

/** Asks the device for a new passkey, or for a signature of one; its code comes with the first press. */
export async function askDevice(ask: PasskeyAsk): Promise<DeviceAnswer> {
  try {
    const [answer, webauthn] = await Promise.all([
      sendJson<PasskeyOptions>('/passkey-options', ask),
      import('@simplewebauthn/browser'),
    ]);
    if (!answer.ok) return answer;
    const isNew = ask.for === 'register' || ask.for === 'first';
    const response = isNew
      ? await webauthn.startRegistration({ optionsJSON: answer.options as never })
      : await webauthn.startAuthentication({ optionsJSON: answer.options as never });
    return { ok: true, response };
  } catch (error) {
    const isKnown = error instanceof Error && error.name === 'InvalidStateError';
    return { ok: false, reason: isKnown ? 'passkey_known' : 'passkey_failed' };
  }
}
