/** How `command` and `shell` become a program and its arguments: split at blanks, without quotes, pipes or wildcards, as Flume does. */

export interface CommandLine {
  readonly program: string
  readonly args: readonly string[]
}

const words = (text: string): string[] => text.trim().split(/\s+/)

/** With a shell the whole command is its last argument. */
export const commandLine = (command: string, shell: string | undefined): CommandLine => {
  const [program = '', ...args] = shell === undefined ? words(command) : [...words(shell), command]
  return { program, args }
}

/** What only a shell gives a meaning to, found in a command that gets none. */
export const shellSyntax = (command: string): string | undefined => /[|<>"'`$;&*?()]|~(?=\/|\s|$)/.exec(command)?.[0]
