import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import type {
  ErrorInfo,
  MenuCommand,
  Recent,
  RequestId,
  StartFacts,
  Theme,
} from '../../electron/contract.ts';
import { call, listen, openDropped } from '../ask/api.ts';
import { FolderScreen } from '../folder/folder-screen.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { useItemsInSight } from '../parts/items-in-sight.ts';
import { later } from '../parts/later.tsx';
import { DropZone } from './drop-zone.tsx';
import { isUnderWay, useOpener } from './opener.ts';
import { OpeningScreen } from './opening-screen.tsx';
import { Welcome } from './welcome.tsx';

const helpDialog = later(async () => (await import('./help-dialog.tsx')).HelpDialog);
const openingDialog = later(async () => (await import('./window-dialogs.tsx')).OpeningDialog);
const notOpenedDialog = later(async () => (await import('./window-dialogs.tsx')).NotOpenedDialog);

/** The window: shows the open folder, or the welcome screen if none is open. */
export function App() {
  const [start, setStart] = useState<StartFacts | null>(null);
  const [broken, setBroken] = useState<ErrorInfo | null>(null);
  const [recents, setRecents] = useState<readonly Recent[]>([]);
  const [theme, setTheme] = useState<Theme>('system');
  const [help, setHelp] = useState(false);
  const [inDialog, setInDialog] = useState(false);
  const opener = useOpener();
  useItemsInSight();
  const { open, folder, opening } = opener;

  const openTarget = useCallback(
    (name: string, requestId?: RequestId | null) =>
      open(`Opening ${name}`, (options) =>
        call('folder.open-target', {}, { ...options, requestId: requestId ?? undefined }),
      ),
    [open],
  );
  const choose = (what: 'folder' | 'database') =>
    open(null, (options) => call('folder.choose', { what }, options));
  const openBackup = () => {
    if (folder === null) return;
    const { folderId } = folder;
    void open(null, (options) => call('backup.choose', { folderId }, options));
  };
  const openDemo = (fresh: boolean) =>
    open('Preparing the demo', (options) => call('demo.open', { fresh }, options));

  const readStart = useCallback(async () => {
    const facts = await call('start.facts', {});
    if (!facts.ok) {
      setBroken(facts.error);
      return null;
    }
    setStart(facts.value);
    setRecents(facts.value.recents);
    setTheme(facts.value.theme);
    return facts.value;
  }, []);

  useEffect(() => {
    void readStart().then((facts) => (facts?.target ? openTarget(facts.target, facts.openingId) : undefined));
  }, [readStart, openTarget]);

  const obey = useEffectEvent((command: MenuCommand) => {
    if (command === 'help') setHelp(true);
    else if (inDialog) return;
    else if (command === 'open') void choose('folder');
    else if (command === 'open-backup') openBackup();
    else if (command === 'open-target')
      void readStart().then((facts) => openTarget(facts?.target ?? 'the folder'));
  });
  useEffect(() => listen((event) => event.type === 'command' && obey(event.command)), []);

  const changeTheme = (next: Theme) => {
    setTheme(next);
    void call('theme.set', { theme: next });
  };
  const closeFolder = () => {
    if (folder !== null) void call('folder.close', { folderId: folder.folderId }).then(readStart);
    opener.close();
  };

  if (broken !== null)
    return (
      <main className="welcome">
        <h1 className="visually-hidden">Snapback</h1>
        <ErrorNote error={broken} />
      </main>
    );
  if (start === null) return <div className="blank" />;
  return (
    <>
      <DropZone
        isDisabled={inDialog}
        hasFolder={folder !== null}
        onDrop={(file) =>
          void open(`Opening ${file.name}`, (options) => openDropped(file, folder?.folderId ?? null, options))
        }
      />
      {folder !== null ? (
        <FolderScreen
          key={folder.folderId}
          folder={folder}
          theme={theme}
          covered={opening !== null || opener.error !== null || help}
          onDialog={setInDialog}
          onTheme={changeTheme}
          onHelp={() => setHelp(true)}
          onOpen={() => void choose('folder')}
          onOpenBackup={openBackup}
          onFreshDemo={() => void openDemo(true)}
          onClose={closeFolder}
        />
      ) : isUnderWay(opening) ? (
        <OpeningScreen opening={opening} />
      ) : (
        <Welcome
          start={start}
          recents={recents}
          error={opener.error}
          onRetry={opener.retry}
          onChoose={(what) => void choose(what)}
          onRecent={({ recentId, name }) =>
            void open(`Opening ${name}`, (options) => call('folder.open-recent', { recentId }, options))
          }
          onForget={({ recentId }) =>
            void call('recent.forget', { recentId }).then((reply) => reply.ok && setRecents(reply.value))
          }
          onDemo={() => void openDemo(false)}
        />
      )}
      {folder !== null && isUnderWay(opening) && <openingDialog.View opening={opening} />}
      {folder !== null && opener.error !== null && (
        <notOpenedDialog.View
          error={opener.error}
          onRetry={opener.retry}
          onDismiss={opener.dismissError}
          onChooseDatabase={() => void choose('database')}
          openName={folder.facts.name}
        />
      )}
      {help && <helpDialog.View onClose={() => setHelp(false)} />}
    </>
  );
}
