#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/*
 * The command of an installed package. Node does not take the types out of what lies in node_modules, so there the built
 * file runs; a checkout runs its sources. Those are many files: Node keeps them compiled, or each start would cost three
 * times as much. The built file starts as fast without.
 */
const oldest = 22;
const source = new URL('../src/cli.ts', import.meta.url);
const built = new URL('../out/cli/cli.js', import.meta.url);

if (Number(process.versions.node.split('.')[0]) < oldest) {
  process.stderr.write(`snapback: Node ${oldest} or newer is needed; this is ${process.versions.node}.\n`);
  process.exitCode = 1;
} else if (existsSync(source)) {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  module.enableCompileCache?.(join(cache, 'snapback-dev', 'compiled'));
  await import(source.href);
} else await import(built.href);
