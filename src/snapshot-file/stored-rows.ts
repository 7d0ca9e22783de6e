/** The rows of a table in a snapshot that is a database, by what SQL reads them. */
export type StoredRows = {
  readonly table: string;
  readonly columns: readonly string[];
  /** The columns that order the rows, or a name of the rowid. */
  readonly by: readonly string[];
  /** How many rows there have to be. */
  readonly rows: number;
};

/** Copies rows of a snapshot that is a database into another file, without making values of them. */
export type RowCopier = {
  /** Gets the bytes of the whole file, piece by piece, before the first table. They are the ones that are hashed. */
  readonly addBytes: (piece: Buffer, position: number) => Promise<void>;
  /** Takes the rows of the table that was named last. False: none was taken, and they have to be read one by one. */
  readonly copyRows: (rows: StoredRows) => Promise<boolean>;
};
