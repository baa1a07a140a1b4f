/** `millrace help`, and `millrace help faults` with every fault that may be met. */
import { faultTable } from '../base/faults.ts'
import { type Command, exitCodes } from './command.ts'
import { summaries } from './summaries.ts'

const faultsText = (): string =>
  Object.entries(faultTable)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([code, { says, hint }]) => `${code}\n  ${says}\n  ${hint}\n`)
    .join('\n')

const overview = (): string => {
  const width = Math.max(...Object.keys(summaries).map((name) => name.length))
  const lines = Object.entries(summaries).map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`)
  return `usage: millrace COMMAND [options]\n\n${lines.join('\n')}\n\nMost commands say more with --help.\n`
}

export const command: Command = {
  name: 'help',
  summary: summaries.help,
  run([topic]) {
    process.stdout.write(topic === 'faults' ? faultsText() : overview())
    return Promise.resolve(exitCodes.done)
  },
}
