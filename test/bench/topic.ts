/** What arrived in a topic, read back with the console consumer. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { root } from '../tidy/tree.ts'
import { Tally } from './input.ts'

const newline = 10

/** Every line of a stream of text into a tally. */
export const tallyLines = async (from: Readable, tally: Tally): Promise<void> => {
  let rest: Buffer = Buffer.alloc(0)
  for await (const piece of from) {
    const chunk: Buffer = rest.length === 0 ? (piece as Buffer) : Buffer.concat([rest, piece as Buffer])
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      tally.add(chunk.subarray(start, end))
      start = end + 1
    }
    rest = chunk.subarray(start)
  }
}

/** Lost and repeated lines in a topic that should hold `events` numbered ones. */
export const countTopic = async (
  bootstrap: string,
  topic: string,
  events: number,
): Promise<{ lost: number; repeated: number }> => {
  const tally = new Tally(events)
  const consumer = spawn(
    join(root, 'bin', 'kafka-console-consumer.sh'),
    ['--bootstrap-server', bootstrap, '--topic', topic, '--from-beginning', '--timeout-ms', '2000'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  await tallyLines(consumer.stdout, tally)
  return { lost: tally.lost, repeated: tally.repeated + tally.strange }
}
