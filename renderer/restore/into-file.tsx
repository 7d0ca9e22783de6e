import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { WrittenCopy } from '../../electron/contract.ts';
import { formatBytes } from '../../words/numbers.ts';
import { checksByKind, exceptionWords, verifiedLine } from '../../words/receipt.ts';
import type { Story } from '../../words/story.ts';
import { call } from '../ask/api.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { Icon } from '../parts/icons.tsx';
import { StoryText } from '../parts/story-text.tsx';
import { CheckLine } from './receipt-view.tsx';

export type WrittenFileProps = {
  readonly written: WrittenCopy;
  /** What it holds, in one sentence after its name and place. */
  readonly held: Story;
  /** What else is to be said of that. */
  readonly children: ReactNode;
  readonly onClose: () => void;
};

/** What a restore into a new file wrote, and that it was verified. */
export function WrittenFile({ written, held, children, onClose }: WrittenFileProps) {
  const exceptions = exceptionWords(written);
  const odd = checksByKind(written.checks).filter(({ passed }) => !passed);
  return (
    <AlertDialog
      onClose={onClose}
      title="Written into a new file"
      footer={
        <>
          <Button className="button" onPress={() => void call('copy.reveal', { copyId: written.copyId })}>
            Show in folder
          </Button>
          <CancelButton onPress={onClose}>Done</CancelButton>
        </>
      }
    >
      <div className="receipt">
        <p>
          <b>
            <bdi>{written.name}</bdi>
          </b>{' '}
          in{' '}
          <span className="path">
            <bdi>{written.place}</bdi>
          </span>{' '}
          <StoryText story={held} /> {children}
        </p>
        {exceptions !== null && <p className="note warn">{exceptions}</p>}
        <ul className="checks">
          <li className="passed">
            <Icon name="check" />
            <span>
              {verifiedLine({ ...written, action: 'restore' })}, {formatBytes(written.sizeBytes)}
            </span>
          </li>
          {odd.map((check) => (
            <CheckLine key={check.text} {...check} />
          ))}
        </ul>
      </div>
    </AlertDialog>
  );
}
