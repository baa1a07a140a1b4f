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

/** `tail -F file`, `tail -n 0 -f file`, `/usr/bin/tail --follow=name file`, alone or in a pipe. */
export const followsFile = (command: string): boolean => {
  const [, options = ''] = /(?:^|[\s/|;])tail((?:\s+-\S+(?:\s+\d+)?)+)/.exec(command) ?? []
  return /\s-(?:-follow|-retry|\w*[fF])/.test(options)
}
