import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** The response's CSP nonce, made by `securityHeaders`. */
export function nonceOf(locals: Record<string, unknown>): string {
  const { nonce } = locals;
  if (typeof nonce !== 'string') throw new Error('The nonce is made before any page');
  return nonce;
}

export interface SecurityOptions {
  /** Origin that people type; decides HSTS and the socket's address. */
  publicUrl: string | undefined;
  production: boolean;
  /** Vite injects styles of its own. */
  looseStyles: boolean;
}

/** Sets what browsers must hold to: scripts by nonce, no frames, no sniffing, no referrer abroad. */
export function securityHeaders(options: SecurityOptions): RequestHandler[] {
  const { publicUrl, production, looseStyles } = options;
  const https = publicUrl?.startsWith('https:') ?? false;
  const nonce = (_: unknown, response: ServerResponse) =>
    `'nonce-${nonceOf((response as Response).locals)}'`;
  return [
    (_request, response, next) => {
      response.locals.nonce = randomBytes(18).toString('base64');
      next();
    },
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'", nonce],
          scriptSrcAttr: ["'none'"],
          styleSrc: ["'self'", looseStyles ? "'unsafe-inline'" : nonce],
          // React writes style attributes: positions of rows, colours of pictures.
          styleSrcAttr: ["'unsafe-inline'"],
          imgSrc: ["'self'", 'data:'],
          fontSrc: ["'self'"],
          connectSrc: ["'self'", ...(publicUrl ? [publicUrl.replace(/^http/, 'ws')] : [])],
          manifestSrc: ["'self'"],
          workerSrc: ["'self'"],
          formAction: ["'self'"],
          baseUri: ["'none'"],
          frameAncestors: ["'none'"],
          objectSrc: ["'none'"],
        },
      },
      strictTransportSecurity:
        https && production ? { maxAge: 31_536_000, includeSubDomains: false } : false,
      frameguard: { action: 'deny' },
      // With no-referrer, browsers send "Origin: null" with our own forms.
      referrerPolicy: { policy: 'same-origin' },
      crossOriginEmbedderPolicy: false,
    }),
    (_request, response, next) => {
      response.set('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=()');
      next();
    },
  ];
}
