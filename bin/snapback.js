#!/usr/bin/env node
import { existsSync } from 'node:fs';

/*
 * The command of an installed package. Node does not take the types out of what lies in node_modules, so there the built
 * file runs; a checkout runs its sources.
 */
const oldest = 22;
const source = new URL('../src/cli.ts', import.meta.url);
const built = new URL('../out/cli/cli.js', import.meta.url);

if (Number(process.versions.node.split('.')[0]) < oldest) {
  process.stderr.write(`snapback: Node ${oldest} or newer is needed; this is ${process.versions.node}.\n`);
  process.exitCode = 1;
} else await import(existsSync(source) ? source.href : built.href);
