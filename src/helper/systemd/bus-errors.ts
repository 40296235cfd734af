/** The bus or PID 1 could not be asked. `sent`: the call had left us, so that it may have been carried out. */
export class BusUnavailable extends Error {
  override readonly name = "BusUnavailable";
  readonly sent: boolean;

  constructor(problem: string, sent: boolean, options?: ErrorOptions) {
    super(problem, options);
    this.sent = sent;
  }
}

/** An error reply, by its D-Bus name. */
export class BusError extends Error {
  override readonly name = "BusError";
  readonly errorName: string;

  constructor(errorName: string, text: string, options?: ErrorOptions) {
    super(text, options);
    this.errorName = errorName;
  }
}
