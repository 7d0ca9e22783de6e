import { createSocket } from 'node:dgram';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { button, named } from './find.ts';
import { expect, test } from './fixtures.ts';

test('the page has no Node, no network, and runs nothing inline', async ({ place, complaints }) => {
  const { app, page } = await place.launch();
  await expect(button(page, 'Try the demo')).toBeVisible();

  await test.step('no Node, and only four functions from outside', async () => {
    expect(
      await page.evaluate(() => ({
        node: [typeof Reflect.get(window, 'require'), typeof Reflect.get(window, 'process')],
        bridge: Object.keys(Reflect.get(window, 'snapback')).sort(),
      })),
    ).toEqual({
      node: ['undefined', 'undefined'],
      bridge: ['cancel', 'onEvent', 'openDropped', 'request'],
    });
  });

  await test.step('inline scripts, inline styles and eval are refused', async () => {
    expect(
      await page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'window.ran = true';
        document.head.append(script);
        const style = document.createElement('style');
        style.textContent = 'body { color: red }';
        document.head.append(style);
        return { ran: 'ran' in window, styled: style.sheet?.cssRules.length ?? 0 };
      }),
    ).toEqual({ ran: false, styled: 0 });
    const evaluated = await page.evaluate(
      () =>
        // In a turn of its own: what the debugger evaluates is exempt.
        new Promise((done) => {
          setTimeout(() => {
            try {
              done(new Function('return 1')());
            } catch (error) {
              done(String(error));
            }
          });
        }),
    );
    expect(evaluated).toContain('unsafe-eval');
    // The refusals themselves are errors in the console.
    await expect.poll(() => complaints.join('\n')).toContain('Content Security Policy');
    complaints.splice(0);
  });

  await test.step('the network can’t be reached', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.setHeader('access-control-allow-origin', '*').end('hello');
    }).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/`;
    await expect(page.evaluate((address) => fetch(address), url)).rejects.toThrow();
    await page.evaluate(async (address) => {
      const image = Object.assign(document.createElement('img'), { src: address });
      document.body.append(image);
      await new Promise((done) => image.addEventListener('error', done));
    }, url);
    // Not even past the content policy: the session itself lets nothing through.
    await expect(
      app.evaluate(({ net }, address) => net.fetch(address).then((answer) => answer.text()), url),
    ).rejects.toThrow();
    server.close();
    expect(asked).toEqual([]);
    complaints.splice(0);
  });

  await test.step('not even by WebRTC, which no content policy covers', async () => {
    const heard: string[] = [];
    const udp = createSocket('udp4').on('message', () => heard.push('udp'));
    const tcp = createTcpServer((socket) => {
      heard.push('tcp');
      socket.destroy();
    });
    await new Promise<void>((done) => udp.bind(0, '127.0.0.1', done));
    await new Promise<void>((done) => tcp.listen(0, '127.0.0.1', done));
    const { port } = tcp.address() as AddressInfo;
    const candidates = await page.evaluate(
      async ([udpPort, tcpPort]) => {
        const peer = new RTCPeerConnection({
          iceServers: [
            { urls: `stun:127.0.0.1:${udpPort}` },
            { urls: `turn:127.0.0.1:${udpPort}?transport=udp`, username: 'a', credential: 'b' },
            { urls: `turn:127.0.0.1:${tcpPort}?transport=tcp`, username: 'a', credential: 'b' },
          ],
        });
        const found: string[] = [];
        peer.onicecandidate = ({ candidate }) => candidate && found.push(candidate.candidate);
        peer.createDataChannel('out');
        await peer.setLocalDescription(await peer.createOffer());
        await new Promise((done) => setTimeout(done, 3_000));
        peer.close();
        return found;
      },
      [udp.address().port, port] as const,
    );
    udp.close();
    tcp.close();
    expect({ heard, candidates }).toEqual({ heard: [], candidates: [] });
    const proxy = await app.evaluate(({ session }) =>
      Promise.all(
        ['http://example.com/', 'https://127.0.0.1/', 'ws://localhost/'].map((url) =>
          session.defaultSession.resolveProxy(url),
        ),
      ),
    );
    expect(proxy.filter((way) => way.includes('DIRECT'))).toEqual([]);
    complaints.splice(0);
  });

  await test.step('only files of the page are served, whatever the address', async () => {
    const serve = (path: string) =>
      app.evaluate(async ({ net }, address) => (await net.fetch(`app://snapback/${address}`)).status, path);
    expect(await serve('')).toBe(200);
    for (const path of [
      '..%2fmain%2fmain.js',
      '%2e%2e/main/main.js',
      '..%5c..%5cpackage.json',
      '%2fetc%2fpasswd',
      '%E0%A4%A',
      'index.html%00.js',
      'no-such.js',
    ])
      expect(await serve(path), path).toBe(404);
    complaints.splice(0);
  });

  await test.step('nothing is downloaded', async () => {
    await app.evaluate(({ session }) => {
      // Ours was asked before.
      session.defaultSession.once('will-download', (event) =>
        Reflect.set(globalThis, 'refused', event.defaultPrevented),
      );
    });
    await page.evaluate(() => {
      const href = URL.createObjectURL(new Blob(['hello']));
      Object.assign(document.createElement('a'), { href, download: 'hello.txt' }).click();
    });
    await expect.poll(() => app.evaluate(() => Reflect.get(globalThis, 'refused'))).toBe(true);
  });

  await test.step('permissions are denied', async () => {
    expect(
      await page.evaluate(async () => (await navigator.permissions.query({ name: 'geolocation' })).state),
    ).toBe('denied');
  });
});

test('no link, script or new window leads anywhere', async ({ place, complaints }) => {
  const { app, page } = await place.launch();
  await expect(button(page, 'Try the demo')).toBeVisible();
  await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'https://example.com/';
    document.body.append(link);
    link.click();
    window.open('https://example.com/');
    window.location.assign('file:///etc/passwd');
    window.location.assign('app://snapback/assets/');
    window.location.assign('about:blank');
  });
  // Asked of Electron: the debugger still waits for the navigations that never happen.
  const shown = await app.evaluate(async ({ BrowserWindow }) => {
    const windows = BrowserWindow.getAllWindows();
    const title = await windows[0]?.webContents.executeJavaScript("document.querySelector('h1').textContent");
    return { windows: windows.length, url: windows[0]?.webContents.getURL(), title };
  });
  expect(shown).toEqual({ windows: 1, url: 'app://snapback/', title: 'Snapback' });
  // The refusals themselves are errors in the console, the last of which may come late.
  await app.close();
  complaints.splice(0);
});

test('a page with an address other than ours is ignored', async ({ place }) => {
  const { page } = await place.launch();
  await expect(button(page, 'Try the demo')).toBeVisible();
  const answers = await page.evaluate(async () => {
    const asked: string[] = [];
    for (const address of ['/other', '/?x', '/#x', '/']) {
      history.pushState(null, '', address);
      const answer = await Reflect.get(window, 'snapback')
        .request('id', 'start.facts', {})
        .then(() => 'answered', String);
      asked.push(answer.includes('not the window of Snapback') ? 'refused' : answer);
    }
    return asked;
  });
  expect(answers).toEqual(['refused', 'refused', 'refused', 'answered']);
});

test('no absolute path reaches the window in an error', async ({ place, demo }) => {
  const { page } = await place.launch({ data: demo });
  await expect(named(page, 'listbox', 'Snapshots')).toBeVisible();
  await writeFile(join(demo, 'snapback-profile.json'), '{');
  const answer = await page.evaluate(() =>
    Reflect.get(window, 'snapback').request('id', 'folder.open-target', {}).then(JSON.stringify),
  );
  expect(answer).toContain('profile-invalid');
  expect(answer).not.toContain(place.folder);
});

test('requests that are not ours are refused with an error', async ({ place }) => {
  const { app, page } = await place.launch();
  await expect(button(page, 'Try the demo')).toBeVisible();
  const ask = (name: string, args: unknown) =>
    page.evaluate(
      ([n, a]) => Reflect.get(window, 'snapback').request('id', n, a).then(JSON.stringify, String),
      [name, args] as const,
    );

  await test.step('an unknown name, private names, wrong and additional arguments', async () => {
    expect(await ask('no.such', {})).toContain('an unknown request');
    expect(
      await ask('private.open', { folderId: 'x', dir: '/', database: null, cacheDir: '/tmp' }),
    ).toContain('an unknown request');
    expect(await ask('constructor', {})).toContain('an unknown request');
    expect(await ask('folder.facts', { folderId: 7 })).toContain('Refused folder.facts');
    expect(await ask('folder.facts', { folderId: 'x', dir: '/etc' })).toContain('Refused folder.facts');
    expect(await ask('folder.facts', { folderId: 'x' })).toContain('data-folder-missing');
  });

  await test.step('the id of a running request cannot be used again', async () => {
    const answers = await page.evaluate(() => {
      const once = (name: string, args: object) =>
        Reflect.get(window, 'snapback').request('same', name, args).then(Object.keys, String);
      // Building the demo takes long enough for the second one to meet it.
      return Promise.all([once('demo.open', { fresh: false }), once('start.facts', {})]);
    });
    expect(answers[0]).toEqual(['ok', 'value']);
    expect(answers[1]).toContain('still running');
    expect(await ask('start.facts', {})).toContain('"ok":true');
  });

  await test.step('a path that was not dropped opens nothing', async () => {
    const made = await page.evaluate(() =>
      Reflect.get(window, 'snapback').openDropped('id', new File([], '/etc')).then(JSON.stringify, String),
    );
    expect(made).toContain('Refused a drop');
  });

  await test.step('another page is ignored, even with our preload', async () => {
    const refused = await app.evaluate(async ({ app: electronApp, BrowserWindow }) => {
      const preload = `${electronApp.getAppPath()}/out/preload/preload.cjs`;
      const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      await other.loadURL('data:text/html,<title>other</title>');
      const answer = await other.webContents.executeJavaScript(
        "snapback.request('id', 'start.facts', {}).then(JSON.stringify, String)",
      );
      other.destroy();
      return answer;
    });
    expect(refused).toContain('not the window of Snapback');
  });
});
