/** Commands of Kafka that have nothing to do here: whatever they are given, they say why in one line and end with 1. That is their help too. */
import { type Command, exitCodes } from './command.ts'
import { answerAsked } from './usage.ts'

/** `line` says why there is nothing to do, and what does the work. */
export const notHere = (name: string, summary: string, line: string): Command => ({
  name,
  summary,
  run: (argv) => {
    const answered = answerAsked(argv, `${line}\n`)
    if (answered !== undefined) return Promise.resolve(answered)
    process.stderr.write(`${line}\n`)
    return Promise.resolve(exitCodes.failed)
  },
})
