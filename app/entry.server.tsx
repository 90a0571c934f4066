import { PassThrough } from 'node:stream';
import {
  type AppLoadContext,
  createReadableStreamFromReadable,
  type EntryContext,
  type HandleErrorFunction,
} from '@remix-run/node';
import { isRouteErrorResponse, RemixServer } from '@remix-run/react';
import { isbot } from 'isbot';
import { renderToPipeableStream } from 'react-dom/server';
import { I18nextProvider } from 'react-i18next';
import { detectLocale } from './i18n/detect.server.ts';
import { translationsOf } from './i18n/strings.server.ts';
import { NonceContext } from './nonce.ts';

/** Loaders that take longer than this many milliseconds end in the error screen. */
export const streamTimeout = 5_000;

/** Renders a page in the request's language, with the response's CSP nonce on every script. */
export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remix: EntryContext,
  context: AppLoadContext,
): Promise<Response> {
  const translations = translationsOf(await detectLocale(request));
  const nonce = context.cspNonce;
  const ready = isbot(request.headers.get('user-agent')) ? 'onAllReady' : 'onShellReady';

  return new Promise((resolve, reject) => {
    let code = status;
    const { pipe, abort } = renderToPipeableStream(
      <NonceContext.Provider value={nonce}>
        <I18nextProvider i18n={translations}>
          <RemixServer context={remix} url={request.url} nonce={nonce} />
        </I18nextProvider>
      </NonceContext.Provider>,
      {
        nonce,
        [ready]() {
          const body = new PassThrough();
          headers.set('Content-Type', 'text/html; charset=utf-8');
          headers.append('Vary', 'Cookie, Accept-Language');
          resolve(new Response(createReadableStreamFromReadable(body), { headers, status: code }));
          pipe(body);
        },
        onShellError: reject,
        onError() {
          // The error screen is already in the stream; handleError has printed the cause.
          code = 500;
        },
      },
    );
    setTimeout(abort, streamTimeout + 1_000).unref();
  });
}

/** Prints what is a bug: neither a thrown 4xx answer nor a request the browser gave up. */
export const handleError: HandleErrorFunction = (error, { request }) => {
  if (request.signal.aborted) return;
  if (isRouteErrorResponse(error) && error.status < 500) return;
  // biome-ignore lint/suspicious/noConsole: Remix hands the process no logger, and this is its last word
  console.error(error);
};
