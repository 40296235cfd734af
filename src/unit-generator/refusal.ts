/** Why the generator writes nothing, and the exit status that says so: sysexits(3). */
export const EXIT_STATUS = {
  /** Not exactly one argument, or one that is no escaped user name. */
  usage: 64,
  /** What the account's entry says cannot be put into a unit file. */
  data: 65,
  /** There is no such account. */
  "no-user": 67,
  /** The system's own directories are not what they must be. */
  system: 71,
  /** Something that the generator did not make stands in the way. */
  "in-the-way": 73,
  /** The name service cannot tell now. */
  "try-again": 75,
  /** An account that gets no units, whatever the templates say. */
  forbidden: 77,
  /** The templates. */
  templates: 78,
} as const;

export type RefusalKind = keyof typeof EXIT_STATUS;

/** The generator has written nothing, and says why. The message is a sentence, or one a line. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }

  get exitStatus(): number {
    return EXIT_STATUS[this.kind];
  }
}
