/** Line icons on a 16-pixel grid. They decorate words and are never read aloud. */
const PATHS = {
  mark: 'M3.2 6.2A5.2 5.2 0 1 1 2.8 9M3.2 2.6v3.6h3.6M8 5.4V8l1.8 1.4',
  camera: 'M2.5 5.5h2.3l1-1.8h4.4l1 1.8h2.3v7h-11zM8 11a2.1 2.1 0 1 0 0-4.2A2.1 2.1 0 0 0 8 11z',
  trash: 'M3 4.5h10M6.5 4.5v-2h3v2M4.3 4.5l.6 9h6.2l.6-9M6.7 7v4M9.3 7v4',
  folder: 'M2 4h4.2l1.4 1.6H14v7.2H2z',
  more: 'M3.2 8h.1M8 8h.1M12.8 8h.1',
  undo: 'M3 6.5h6.2a3.4 3.4 0 0 1 0 6.8H6M3 6.5l3-3M3 6.5l3 3',
  check: 'M3.2 8.4l3.1 3.1 6.5-7',
  warning: 'M8 2.5l6 11H2zM8 6.6v3.2M8 11.6v.1',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3L14 14',
  close: 'M4 4l8 8M12 4l-8 8',
  chevron: 'M6 3.8L10.2 8 6 12.2',
  down: 'M4 6.2L8 10.2l4-4',
  up: 'M4 9.8L8 5.8l4 4',
  reveal: 'M9 3h4v4M13 3L7.5 8.5M11.5 9.5v3.5h-8.5v-8.5H6.5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      className="icon"
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 2.2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
