import { Button } from 'react-aria-components';
import type { ErrorInfo, Recent, StartFacts } from '../../electron/contract.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { Icon } from '../parts/icons.tsx';

export type WelcomeProps = {
  readonly start: StartFacts;
  readonly recents: readonly Recent[];
  readonly error: ErrorInfo | null;
  /** Null: trying again cannot help. */
  readonly onRetry: (() => void) | null;
  readonly onChoose: (what: 'folder' | 'database') => void;
  readonly onRecent: (recent: Recent) => void;
  readonly onForget: (recent: Recent) => void;
  readonly onDemo: () => void;
};

/** The screen without an open folder: ways to open one, recent folders, and the demo. */
export function Welcome(props: WelcomeProps) {
  const { start, recents, error } = props;
  return (
    <main className="welcome">
      <div className="welcome-card">
        <p className="welcome-mark">
          <Icon name="mark" size={44} />
        </p>
        <h1>Snapback</h1>
        <p className="lead">
          See how your chats looked earlier, and get them back. Everything is verified before it is saved, and
          every restore can be undone.
        </p>
        {error !== null && (
          <ErrorNote error={error}>
            {props.onRetry !== null && (
              <Button className="button" onPress={props.onRetry}>
                Try again
              </Button>
            )}
            {(error.code === 'database-ambiguous' || error.detail.links !== undefined) && (
              <Button className="button" onPress={() => props.onChoose('database')}>
                Choose the database file…
              </Button>
            )}
          </ErrorNote>
        )}
        <div className="welcome-actions">
          <Button className="button primary large" autoFocus onPress={() => props.onChoose('folder')}>
            <Icon name="folder" />
            Open a data folder…
          </Button>
          <Button className="button large" onPress={props.onDemo}>
            Try the demo
          </Button>
        </div>
        <p className="dim">
          Or drop the folder here: the one that holds the chat database and its “snapshots” folder. The demo
          is built in {start.demoPlace}, where you can see it.
        </p>
        {recents.length > 0 && (
          <section className="recents" aria-labelledby="recents">
            <h2 id="recents">Recent</h2>
            <ul>
              {recents.map((recent) => (
                <li key={recent.recentId}>
                  <Button className="recent" onPress={() => props.onRecent(recent)}>
                    <span className="recent-name">{recent.name}</span>
                    {recent.demo && <span className="tag plain">demo</span>}
                    <span className="dim">{recent.place}</span>
                  </Button>
                  <Button
                    className="button quiet icon-only"
                    aria-label={`Forget ${recent.name}`}
                    onPress={() => props.onForget(recent)}
                  >
                    <Icon name="close" />
                  </Button>
                </li>
              ))}
            </ul>
          </section>
        )}
        <p className="version dim">
          Snapback {start.version}
          {start.developmentRuntime && ' · on an old runtime that is for development and tests only'}
        </p>
      </div>
    </main>
  );
}
