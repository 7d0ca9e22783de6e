import { app, Menu, type MenuItemConstructorOptions, nativeTheme } from 'electron';
import type { MenuCommand, Theme } from '../contract.ts';

export type AppMenu = {
  /** Enables these commands and disables all others. */
  readonly enable: (commands: readonly MenuCommand[]) => void;
  readonly setTheme: (theme: Theme) => void;
};

export type MenuOptions = {
  readonly theme: Theme;
  readonly onCommand: (command: MenuCommand) => void;
  readonly onTheme: (theme: Theme) => void;
};

type CommandItem = {
  readonly command: MenuCommand;
  readonly label: string;
  readonly accelerator?: string;
};

const FOLDER_ITEMS: readonly CommandItem[] = [
  { command: 'open', label: '&Open Data Folder…', accelerator: 'CmdOrCtrl+O' },
  { command: 'open-backup', label: 'Open a &Backup…', accelerator: 'CmdOrCtrl+B' },
  { command: 'find', label: '&Search Everything…', accelerator: 'CmdOrCtrl+F' },
  { command: 'reveal', label: 'Reveal in Folder', accelerator: 'CmdOrCtrl+Shift+E' },
  { command: 'clear-cache', label: '&Clear Cache' },
];

const SNAPSHOT_ITEMS: readonly CommandItem[] = [
  { command: 'take', label: '&Take Snapshot…', accelerator: 'CmdOrCtrl+N' },
  { command: 'restore', label: '&Restore…', accelerator: 'CmdOrCtrl+Enter' },
  { command: 'undo', label: '&Undo…', accelerator: 'CmdOrCtrl+Z' },
  { command: 'redo', label: 'Re&do…', accelerator: 'CmdOrCtrl+Shift+Z' },
  { command: 'prune', label: '&Prune…', accelerator: 'CmdOrCtrl+Backspace' },
  { command: 'history', label: '&History…', accelerator: 'CmdOrCtrl+Shift+H' },
  { command: 'protection', label: 'Pr&otection…' },
  { command: 'trash', label: '&Show Trash', accelerator: 'CmdOrCtrl+T' },
];

const THEMES: readonly (readonly [theme: Theme, label: string])[] = [
  ['system', 'As the System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** Builds the application menu, which also defines the keyboard shortcuts. Its items act through the window. */
export function installMenu({ theme, onCommand, onTheme }: MenuOptions): AppMenu {
  const item = ({ command, label, accelerator }: CommandItem): MenuItemConstructorOptions => ({
    id: command,
    label,
    enabled: command === 'open' || command === 'help',
    click: () => onCommand(command),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const setTheme = (next: Theme) => {
    nativeTheme.themeSource = next;
    const radio = Menu.getApplicationMenu()?.getMenuItemById(`theme-${next}`);
    if (radio) radio.checked = true;
    onTheme(next);
  };

  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        ...FOLDER_ITEMS.map(item),
        { type: 'separator' },
        process.platform === 'darwin' ? { role: 'close' } : { role: 'quit' },
      ],
    },
    // It has no Undo, because that key undoes a restore. In a text field, the field gets the key before the menu.
    {
      label: '&Edit',
      submenu: [{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }],
    },
    { label: '&Snapshot', submenu: SNAPSHOT_ITEMS.map(item) },
    {
      label: '&View',
      submenu: [
        ...THEMES.map(
          ([name, label]): MenuItemConstructorOptions => ({
            id: `theme-${name}`,
            label,
            type: 'radio',
            checked: name === theme,
            click: () => setTheme(name),
          }),
        ),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : [{ type: 'separator' as const }, { role: 'toggleDevTools' as const }]),
      ],
    },
    {
      role: 'help',
      submenu: [item({ command: 'help', label: '&Keyboard Shortcuts', accelerator: 'F1' })],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  nativeTheme.themeSource = theme;

  return {
    setTheme,
    enable(commands) {
      const menu = Menu.getApplicationMenu();
      for (const { command } of [...FOLDER_ITEMS, ...SNAPSHOT_ITEMS]) {
        const entry = menu?.getMenuItemById(command);
        if (entry) entry.enabled = commands.includes(command);
      }
    },
  };
}
