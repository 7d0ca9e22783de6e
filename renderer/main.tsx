import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/choices.css';
import './styles/frame.css';
import './styles/banners.css';
import './styles/welcome.css';
import './styles/list.css';
import './styles/list-line.css';
import './styles/page.css';
import './styles/hero.css';
import './styles/bubble.css';
import './styles/error-note.css';
import './styles/dialog.css';
import './styles/restore.css';
import './styles/receipt.css';
import './styles/merge.css';
import './styles/prune.css';
import './styles/trash.css';
import './styles/action-history.css';
import './styles/rows.css';
import './styles/rows-grid.css';
import './styles/row.css';
import './styles/keep.css';
import './styles/timeline.css';
import './styles/search-box.css';
import './styles/search.css';
import './styles/conversation.css';
import './styles/messages.css';
import './styles/beside-messages.css';
import './styles/forced.css';
import { StrictMode } from 'react';
import { Button, I18nProvider } from 'react-aria-components';
import { createRoot } from 'react-dom/client';
import { language } from '../words/language.ts';
import { ErrorNote } from './parts/error-note.tsx';
import { App } from './window/app.tsx';

const container = document.getElementById('root');
if (container === null) throw new Error('The page has no root element.');

/** The width in pixels that a scrollbar takes from its content; 0 if it is drawn over the content. */
function measureScrollbar(): number {
  const probe = document.createElement('div');
  probe.className = 'scroll-probe';
  document.body.append(probe);
  const width = probe.offsetWidth - probe.clientWidth;
  probe.remove();
  return width;
}

document.documentElement.style.setProperty('--scrollbar', `${measureScrollbar()}px`);

/**
 * Shows an error note instead of an empty window after a bug in the window itself. The data on the disk is not affected.
 */
function showCrash(error: unknown): void {
  console.error(error);
  const message = error instanceof Error ? error.message : String(error);
  createRoot(document.body.appendChild(document.createElement('div'))).render(
    <main className="welcome">
      <h1 className="visually-hidden">Snapback</h1>
      <ErrorNote error={{ code: 'internal', message, detail: {} }}>
        <Button className="button" onPress={() => window.location.reload()}>
          Reload
        </Button>
      </ErrorNote>
    </main>,
  );
}

createRoot(container, { onUncaughtError: showCrash }).render(
  <StrictMode>
    {/* The window's own language, whatever the system's is. */}
    <I18nProvider locale={language}>
      <App />
    </I18nProvider>
  </StrictMode>,
);
