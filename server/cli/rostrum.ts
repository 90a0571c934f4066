#!/usr/bin/env node
import { main } from './main.ts';

const { env, stdout: out, stderr: err } = process;
process.exitCode = await main(process.argv.slice(2), { env, out, err });
