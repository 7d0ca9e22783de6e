import {
  Button,
  I18nProvider,
  Input,
  SearchField,
  ToggleButton,
  ToggleButtonGroup,
} from 'react-aria-components';
import { createRoot } from 'react-dom/client';

/* The widgets that the window has at first, without styles, and with texts that are known before. */

const LINES = Array.from({ length: 20 }, (_, line) => `Line ${line + 1}`);

const root = document.getElementById('root');
if (root !== null)
  createRoot(root).render(
    <I18nProvider locale="en-GB">
      {['Space', 'Take snapshot', 'Prune', 'Open', 'More'].map((name) => (
        <Button key={name}>{name}</Button>
      ))}
      <SearchField aria-label="Search">
        <Input />
        <Button>Clear</Button>
      </SearchField>
      <ToggleButtonGroup aria-label="Kinds" disallowEmptySelection defaultSelectedKeys={['All']}>
        {['All', 'Rewinds', 'Checkpoints'].map((name) => (
          <ToggleButton key={name} id={name}>
            {name}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <div role="listbox" aria-label="Lines" tabIndex={0}>
        {LINES.map((line) => (
          <div key={line} role="option" tabIndex={-1} aria-selected={false}>
            {line}
          </div>
        ))}
      </div>
    </I18nProvider>,
  );
