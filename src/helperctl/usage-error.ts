/** The command line is not one. The message is a sentence for whoever typed it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
