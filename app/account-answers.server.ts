import { redirect } from '@remix-run/node';
import type { AccountRefused, EnterAnswer, FirstCredential } from '#app/domain/access/account.ts';
import type { Refusal } from './components/account/refusal-text.ts';
import { localPath } from './local-path.ts';

/** What a form of an account screen is answered with when it doesn't lead on at once. */
export interface FormAnswer {
  refusal?: Refusal;
  /** Shown once, with where to go on. */
  codes?: readonly string[];
  landing?: string;
  /** A name that was typed, to be typed no second time. */
  typed?: string;
}

/** Text of a form's field; empty when it is none. */
export function textIn(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

/** A form's `passkey` field, as the device gave it; undefined when the form has none. */
export function passkeyIn(form: FormData): unknown {
  const text = textIn(form, 'passkey');
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What the form of an invitation or of the set-up link chose. */
export function firstCredentialIn(form: FormData): FirstCredential {
  const [token, name] = [textIn(form, 'token'), textIn(form, 'name')];
  const passkey = passkeyIn(form);
  return passkey === undefined
    ? { token, name, password: textIn(form, 'password') }
    : { token, name, passkey };
}

/** Leads on with the new session's cookie; shows recovery codes before; or says what was refused. */
export function answerEntering(answer: EnterAnswer, typed?: string): Response {
  if (!answer.ok) return answerRefused(answer, typed);
  const headers = { 'Set-Cookie': answer.cookie };
  const landing = localPath(answer.landing);
  const { recoveryCodes: codes } = answer;
  if (!codes) return redirect(landing, { headers });
  return Response.json({ codes, landing } satisfies FormAnswer, { headers });
}

/** Says what was refused, with a status to go with it. */
export function answerRefused({ reason, retryAfter }: AccountRefused, typed?: string): Response {
  const refusal = { reason, ...(retryAfter !== undefined && { retryAfter }) };
  const body: FormAnswer = { refusal, ...(typed !== undefined && { typed }) };
  const status = reason === 'limited' ? 429 : reason === 'busy' ? 503 : 403;
  const headers = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
  return Response.json(body, { status, headers });
}
