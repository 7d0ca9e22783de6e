import { createRoot } from 'react-dom/client';

const root = document.getElementById('root');
if (root !== null)
  createRoot(root).render(
    <div role="listbox">
      {Array.from({ length: 20 }, (_, line) => `Line ${line + 1}`).map((line) => (
        <div key={line} role="option" tabIndex={-1} aria-selected={false}>
          {line}
        </div>
      ))}
    </div>,
  );
