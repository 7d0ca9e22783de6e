import { readFileSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';
import { protocol } from 'electron';

const SCHEME = 'app';

/** The address of the window's page. No other page is ever loaded or listened to. */
export const APP_URL = `${SCHEME}://snapback/`;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // A picture in a chat database is shown on request, from its own bytes. It can load nothing.
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_FOUND: Electron.ProtocolResponse = { statusCode: 404, data: Buffer.alloc(0) };

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

/** The decoded path. One with an invalid escape stays as it is: it names no file of ours. */
function decode(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch (error) {
    if (error instanceof URIError) return pathname;
    throw error;
  }
}

/**
 * Serves the files of `folder` and nothing outside it, each with the content security policy. The older way to answer is
 * used on purpose: `protocol.handle` makes Node load its whole HTTP client for `Response`, a tenth of what a start costs.
 */
export function serveApp(folder: string): void {
  protocol.registerBufferProtocol(SCHEME, (request, answer) => {
    answer(findFile(folder, request.url));
  });
}

function findFile(folder: string, address: string): Electron.ProtocolResponse {
  const url = new URL(address);
  const path = decode(url.pathname);
  const file = normalize(join(folder, path === '/' ? 'index.html' : path));
  const type = TYPES[extname(file)];
  if (`${url.protocol}//${url.host}/` !== APP_URL || !file.startsWith(folder + sep) || type === undefined)
    return NOT_FOUND;
  try {
    return {
      // Synchronously: reading half a megabyte takes less time than waiting for a turn in which Node's threads are heard.
      data: readFileSync(file),
      headers: {
        'content-type': type,
        'content-security-policy': POLICY,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache',
      },
    };
  } catch (error) {
    console.error('Could not serve a file of the window:', error);
    return NOT_FOUND;
  }
}
