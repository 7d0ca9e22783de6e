import { Button, Input, SearchField } from 'react-aria-components';
import { Icon } from '../parts/icons.tsx';

export type SearchBoxProps = {
  readonly phrase: string;
  readonly onPhrase: (phrase: string) => void;
  /** The person wants to search: the page of hits is to be shown. */
  readonly onOpen: () => void;
  readonly onClose: () => void;
  /** Moves on to the hits. */
  readonly onEnter: () => void;
};

const KEY = navigator.platform.startsWith('Mac') ? '⌘F' : 'Ctrl+F';

/** The field in the header. Only using it opens the page of hits: whoever passes with Tab sees no change. */
export function SearchBox({ phrase, onPhrase, onOpen, onClose, onEnter }: SearchBoxProps) {
  return (
    <section className="search-area" aria-label="Search field">
      <SearchField
        className="search-box"
        aria-label="Search everything that ever was"
        value={phrase}
        onChange={(next) => {
          onPhrase(next);
          onOpen();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          else if (event.key === 'ArrowDown' || event.key === 'Enter') {
            onOpen();
            onEnter();
            // The key would also scroll the page that has the focus now.
            event.preventDefault();
          }
        }}
      >
        <Icon name="search" />
        <Input
          className="search-input"
          placeholder={`Search (${KEY})`}
          title={`Search everything that ever was (${KEY})`}
          maxLength={1000}
          onPointerDown={onOpen}
        />
        <Button className="button quiet icon-only" aria-label="Clear the search">
          <Icon name="close" />
        </Button>
      </SearchField>
    </section>
  );
}

/** Puts the focus into the field and selects what is in it. */
export function focusSearchBox(): void {
  const input = document.querySelector<HTMLInputElement>('.search-input');
  input?.focus();
  input?.select();
}

/** Puts the focus on the first hit. False: there is none yet. */
export function focusFirstHit(): boolean {
  const first = document.querySelector<HTMLElement>('.hits [role=row]');
  first?.focus();
  return first !== null;
}

/** Whether the focus is in the field. */
export function isInSearchBox(): boolean {
  return document.activeElement?.matches('.search-input') === true;
}
