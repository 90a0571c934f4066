#!/usr/bin/env node
import { main } from './main.ts';

const { env, stdout: out, stderr: err } = process;
// Opened only once something is asked for.
const terminal = {
  env,
  out,
  err,
  get answers() {
    return process.stdin;
  },
};
process.exitCode = await main(process.argv.slice(2), terminal);
