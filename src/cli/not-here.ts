/** Commands of Kafka that have nothing to do here: whatever they are given, they say why in one line and end with 1. */
import { type Command, exitCodes } from './command.ts'

/** `line` says why there is nothing to do, and what does the work. */
export const notHere = (name: string, summary: string, line: string): Command => ({
  name,
  summary,
  run: () => {
    process.stderr.write(`${line}\n`)
    return Promise.resolve(exitCodes.failed)
  },
})
