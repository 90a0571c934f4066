import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServerBuild } from '@remix-run/node';
import express, { type RequestHandler, Router } from 'express';

/** Where the console's pages come from: the build, or Vite while developing. */
export interface Pages {
  /** Answers files; passes on what is none. */
  files: RequestHandler;
  build: ServerBuild | (() => Promise<ServerBuild>);
  mode: 'production' | 'development';
  /** Vite injects styles without a nonce. */
  looseStyles: boolean;
  close(): Promise<void>;
}

export type OpenPages = (server: Server) => Promise<Pages>;

const checkout = join(import.meta.dirname, '../..');

/**
 * The pages as built by `npm run build`.
 * @throws with a message for people when there is no build
 */
export async function openBuiltPages(): Promise<Pages> {
  const client = join(checkout, 'build/client');
  const server = join(checkout, 'build/server/index.js');
  if (!existsSync(server)) throw new Error('The console is not built: run `npm run build` first.');
  // The build imports React, which chooses its own build by this.
  process.env.NODE_ENV ??= 'production';
  const build = (await import(pathToFileURL(server).href)) as ServerBuild;
  const files = Router();
  // Their names carry a hash of what is in them.
  files.use('/assets', express.static(join(client, 'assets'), { immutable: true, maxAge: '1y' }));
  files.use('/assets', (_request, response) => void response.status(404).end());
  files.use(express.static(client, { maxAge: '1h', index: false }));
  return { files, build, mode: 'production', looseStyles: false, close: async () => {} };
}
