import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';

const MOD = navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl+';

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  [`${MOD}O`, 'Open a data folder'],
  [`${MOD}B`, 'Open a backup beside the snapshots'],
  [`${MOD}Enter`, 'Restore the snapshot that is shown'],
  [`${MOD}F`, 'Search everything that ever was'],
  [`${MOD}Z`, 'Undo the restore, or what was just moved to the trash'],
  [`${MOD}Shift+Z`, 'Redo the restore'],
  [`${MOD}N`, 'Take a snapshot'],
  [`${MOD}Backspace`, 'Prune snapshots'],
  [`${MOD}Shift+H`, 'History of what was done here'],
  [`${MOD}T`, 'Show the trash'],
  [`${MOD}Shift+E`, 'Reveal the snapshot in its folder'],
  ['Tab, Shift+Tab', 'Next area, previous area'],
  ['↑ ↓', 'Next snapshot, previous snapshot'],
  ['Shift+↑ ↓', 'Select several: snapshots, messages or rows'],
  [`${MOD}A`, 'Select all rows that are shown'],
  ['Space', 'Select a row, or press the button; Enter never confirms a removal'],
  ['H', 'History of the row or message that has the focus'],
  ['+ − 0', 'Zoom the timeline in, out or back; or turn the wheel with Ctrl'],
  ['Shift+F10', 'Menu of a snapshot, a row or a message'],
  ['Esc', 'Close a dialog without doing anything'],
];

/** Lists all keyboard shortcuts. */
export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <AlertDialog
      title="Keyboard shortcuts"
      onClose={onClose}
      footer={<CancelButton onPress={onClose}>Close</CancelButton>}
    >
      <dl className="keys">
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </AlertDialog>
  );
}
