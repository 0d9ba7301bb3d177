/** What is wrong with an uploaded file, for whoever uploaded it. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  /** 1 is the first row of data; 0: the file as a whole. */
  readonly row: number;
  readonly column: string;

  constructor(message: string, where: { readonly row?: number; readonly column?: string } = {}) {
    const row = where.row ?? 0;
    const column = where.column ?? '';
    const place = [row > 0 ? `row ${row}` : '', column === '' ? '' : `column ${column}`].filter(
      (part) => part !== '',
    );
    super(`Cannot import the file: ${message}${place.length > 0 ? ` (${place.join(', ')})` : ''}`);
    this.row = row;
    this.column = column;
  }
}
