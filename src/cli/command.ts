/** What every command of the command line is: a name, a line for the help, and a run that ends with an exit code. */
export interface Command {
  /** As it is typed after `millrace`, or as the launcher in `bin/` is called. */
  readonly name: string
  /** One line for `millrace help`. */
  readonly summary: string
  /** `argv` is what follows the name. Resolves with the exit code; what it throws is printed and ends with 1. */
  run(argv: readonly string[]): Promise<number>
}

/** 2 is wrong usage or an agent file that cannot start; Kafka's own tools end with 1 on wrong usage. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const
