import { Button } from 'react-aria-components';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Working } from '../parts/working.tsx';
import type { Opener, Opening } from './opener.ts';

/** Another folder is being opened, over the one that is open. */
export function OpeningDialog({ opening }: { readonly opening: Opening }) {
  const words = opening.words ?? 'Opening';
  return (
    <AlertDialog
      busy
      title={words}
      onClose={opening.cancel}
      footer={<CancelButton onPress={opening.cancel} />}
    >
      <Working progress={opening.progress} words={words} />
    </AlertDialog>
  );
}

export type NotOpenedDialogProps = {
  readonly error: NonNullable<Opener['error']>;
  readonly onRetry: Opener['retry'];
  readonly onDismiss: () => void;
  readonly onChooseDatabase: () => void;
  /** The name of the folder that stays open. */
  readonly openName: string;
};

/** Why another folder could not be opened. */
export function NotOpenedDialog(props: NotOpenedDialogProps) {
  const { error, onRetry, onDismiss, onChooseDatabase, openName } = props;
  return (
    <AlertDialog
      title="That folder could not be opened"
      onClose={onDismiss}
      footer={<CancelButton onPress={onDismiss}>Stay with {openName}</CancelButton>}
    >
      <ErrorNote error={error}>
        {onRetry !== null && (
          <Button className="button" onPress={onRetry}>
            Try again
          </Button>
        )}
        {(error.code === 'database-ambiguous' || error.detail.links !== undefined) && (
          <Button className="button" onPress={onChooseDatabase}>
            Choose the database file…
          </Button>
        )}
      </ErrorNote>
    </AlertDialog>
  );
}
