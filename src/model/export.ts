export type ExportFormat = 'csv' | 'json' | 'sqlite';

/** `table` null: all tables that the snapshot holds. CSV has room for one only. */
export type ExportRequest = { readonly format: ExportFormat; readonly table: string | null };

export type ExportReceipt = {
  /** Absolute path. Never crosses to the window. */
  readonly file: string;
  readonly format: ExportFormat;
  readonly sizeBytes: number;
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  /**
   * Not null: the file's values stand for themselves, because today's database is gone or lacks tables, columns or types of
   * the snapshot. Bytes that the chat app wrote as text then stay text.
   */
  readonly asWritten: 'no-database' | 'schema-differs' | null;
  /** Tables of the snapshot that only the chat app can read. They are not in the file. */
  readonly unread: readonly string[];
};
