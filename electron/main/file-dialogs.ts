import { type BrowserWindow, dialog } from 'electron';

/** The system's dialogs for files, in front of the window where there is one. They answer a path, or null if dismissed. */
export type FileDialogs = {
  readonly askWhich: (options: Electron.OpenDialogOptions) => Promise<string | null>;
  /** For a new file. */
  readonly askWhere: (options: Electron.SaveDialogOptions) => Promise<string | null>;
};

export function createFileDialogs(window: () => BrowserWindow | null): FileDialogs {
  return {
    async askWhich(options) {
      const parent = window();
      const chosen =
        parent === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(parent, options);
      return chosen.canceled ? null : (chosen.filePaths[0] ?? null);
    },
    async askWhere(options) {
      const parent = window();
      const chosen =
        parent === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(parent, options);
      return chosen.canceled || chosen.filePath === '' ? null : chosen.filePath;
    },
  };
}
