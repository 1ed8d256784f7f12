/** Something wrong in a data file: the message names the file and the place. */
export class DataError extends Error {
  override readonly name: string = "DataError";
}

/** Something wrong in one row, which --bad-rows may pass over; the message starts at the line. */
export class RowError extends DataError {
  override readonly name = "RowError";
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}
