/** The lines that a program prints, one event each: for whatever has a command and no better way out. */
import { checks } from '../../src/config/checks.ts'
import type { Finding, Values } from '../../src/config/setting.ts'
import { bytes, flag, integer, milliseconds, row, text } from '../../src/config/setting-kinds.ts'
import { defineSource } from '../../src/flow/component.ts'
import { type Charset, charsetOf } from '../../src/formats/charset.ts'
import { followsFile, shellSyntax } from './command-line.ts'

const parseCharset = (name: string): Charset => {
  const found = charsetOf(name)
  if (found === undefined) throw new Error(`no character set is named '${name}'`)
  return found
}

const settings = {
  command: text({ doc: 'The program and its arguments, between blanks.', required: true }),
  shell: text({ doc: 'A shell that runs the command, as in /bin/sh -c; quotes, pipes and wildcards need one.' }),
  restart: flag({ doc: 'Run the program again when it ends.', default: false }),
  restartThrottle: milliseconds({ doc: 'Pause before it is run again.', default: 10_000, min: 0 }),
  logStdErr: flag({ doc: 'Log what the program writes to its standard error; else it is dropped.', default: false }),
  batchSize: integer({ doc: 'Lines that are delivered without waiting for more.', default: 20, min: 1 }),
  batchTimeout: milliseconds({ doc: 'How long fewer lines wait for more.', default: 3000, min: 1 }),
  charset: row<Charset, { doc: string; default: Charset; defaultText: string }>('character set', parseCharset, {
    doc: 'Character set of the output; bodies are UTF-8. Under utf-8 bytes pass unchanged.',
    default: parseCharset('utf-8'),
    defaultText: 'utf-8',
  }),
  maxLineLength: bytes({
    doc: 'A longer line becomes several events.',
    default: 16 * 1024 * 1024,
    min: 1,
    max: 536_870_912,
    ours: true,
  }),
  killTimeout: milliseconds({
    doc: 'How long the program may take to end at the stop; then it is killed.',
    default: 5000,
    min: 0,
    ours: true,
  }),
}

const aboutShell = ({ command, shell }: Values<typeof settings>): Finding[] => {
  const found = shell === undefined ? shellSyntax(command) : undefined
  if (found === undefined) return []
  const says = `command has ${found}, which reaches the program as it is: there is no shell`
  return [{ level: 'warning', setting: 'command', says, hint: 'set shell = /bin/sh -c' }]
}

const aboutTail = ({ command }: Values<typeof settings>): Finding[] => {
  if (!followsFile(command)) return []
  const says = 'tail keeps no position: what is written while the agent is down is lost, and a start may repeat lines'
  const hint = 'TAILDIR, and for one file the source tail with a positionFile, lose and repeat nothing'
  return [{ level: 'note', setting: 'command', says, hint }]
}

export const exec = defineSource({
  type: 'exec',
  aliases: ['org.apache.flume.source.ExecSource'],
  summary: 'Takes the lines that a program prints.',
  settings,
  check: checks(aboutShell, aboutTail),
  headersSet: () => [],
  create: async (values, context) => {
    const { ExecSource } = await import('./exec-source.ts')
    return new ExecSource(
      {
        command: values.command,
        shell: values.shell,
        restart: values.restart,
        restartThrottleMs: values.restartThrottle,
        logStdErr: values.logStdErr,
        batchSize: values.batchSize,
        batchTimeoutMs: values.batchTimeout,
        charset: values.charset,
        maxLineBytes: values.maxLineLength,
        killTimeoutMs: values.killTimeout,
      },
      context,
    )
  },
})
