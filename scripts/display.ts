import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stop, say } from './run.ts';

/** Whether windows can open on a display. On Linux only X11 counts, because the fallback Electron supports nothing else. */
export function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY);
}

/**
 * Starts a virtual X server that ends with this process, and returns the environment variables for it. The server chooses
 * a free display number itself, so that parallel runs do not collide. Only programs with its cookie can connect.
 */
export async function startVirtualDisplay(): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'snapback-display-'));
  const authority = join(folder, 'authority');
  writeFileSync(authority, formatAuthority(randomBytes(16)), { mode: 0o600 });
  const args = [
    '-displayfd',
    '3',
    '-auth',
    authority,
    '-screen',
    '0',
    '1280x900x24',
    '-nolisten',
    'tcp',
    '-noreset',
  ];
  // In its own process group, so that Ctrl-C does not end it before the app.
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], detached: true });
  process.on('exit', () => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const number = await readNumber(server);
  // It ends with this process, which does not wait for it.
  server.unref();
  server.stdio[3]?.destroy();
  say(`no display: windows open in a virtual one (Xvfb :${number})`);
  return { DISPLAY: `:${number}`, XAUTHORITY: authority };
}

function readNumber(server: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let text = '';
    server.stdio[3]?.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes('\n')) done(text.trim());
    });
    server.on('error', fail);
    server.on('exit', (code) => fail(new Stop(`the virtual display (Xvfb) ended at once with ${code}`)));
  });
}

/** One entry of an Xauthority file that is valid for every address: family, address, number, name, cookie. */
function formatAuthority(cookie: Buffer): Buffer {
  const field = (bytes: Buffer) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const anyAddress = Buffer.from([0xff, 0xff]);
  const none = field(Buffer.alloc(0));
  return Buffer.concat([anyAddress, none, none, field(Buffer.from('MIT-MAGIC-COOKIE-1')), field(cookie)]);
}
