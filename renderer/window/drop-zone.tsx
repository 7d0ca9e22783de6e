import { useEffect, useEffectEvent, useState } from 'react';

export type DropZoneProps = {
  readonly isDisabled: boolean;
  /** A file is then opened beside its snapshots. */
  readonly hasFolder: boolean;
  readonly onDrop: (file: File) => void;
};

/** Accepts a folder or a file that is dropped anywhere on the window. Other drops are ignored. */
export function DropZone({ isDisabled, hasFolder, onDrop }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const receive = useEffectEvent(onDrop);

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    const holdsFiles = (event: DragEvent) =>
      !isDisabled && event.dataTransfer?.types.includes('Files') === true;
    const accept = (event: DragEvent) => {
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = holdsFiles(event) ? 'link' : 'none';
      setOver(holdsFiles(event));
    };
    window.addEventListener('dragover', accept, { signal });
    window.addEventListener('dragleave', (event) => event.relatedTarget === null && setOver(false), {
      signal,
    });
    window.addEventListener(
      'drop',
      (event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer?.files[0];
        if (file !== undefined && !isDisabled) receive(file);
      },
      { signal },
    );
    return () => abort.abort();
  }, [isDisabled]);

  return over ? (
    <div className="drop-veil">
      <p>{hasFolder ? 'Drop a backup or a data folder to open it' : 'Drop the data folder to open it'}</p>
    </div>
  ) : null;
}
