import {
  Button,
  I18nProvider,
  Input,
  ListBox,
  ListBoxItem,
  ListLayout,
  SearchField,
  ToggleButton,
  ToggleButtonGroup,
  Virtualizer,
} from 'react-aria-components';
import { createRoot } from 'react-dom/client';

/*
 * The widgets that the window has at first, with React Aria's list in place of its own, without styles, and with texts that
 * are known before.
 */

const LAYOUT = { estimatedRowSize: 20 };
const LINES = Array.from({ length: 20 }, (_, line) => ({ id: `Line ${line + 1}` }));

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
      <Virtualizer layout={ListLayout} layoutOptions={LAYOUT} shouldObserveItemSize>
        <ListBox
          aria-label="Lines"
          items={LINES}
          selectionMode="multiple"
          selectionBehavior="replace"
          style={{ height: 500, overflow: 'auto' }}
        >
          {({ id }) => <ListBoxItem textValue={id}>{id}</ListBoxItem>}
        </ListBox>
      </Virtualizer>
    </I18nProvider>,
  );
