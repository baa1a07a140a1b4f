/** A stream of bytes as batches of events, a line each; for commands that read standard input or a file once. */
import { Chunk } from '../base/chunk.ts'
import type { Event, Headers } from '../flow/event.ts'
import { splitLines } from '../formats/line-splitter.ts'
import { Fault } from '../base/faults.ts'

const lineBytesMax = 16 * 1024 * 1024

/** A last line without an end is an event too. Throws LINE_TOO_LONG at a line above 16 MB. */
export async function* inputEvents(
  input: AsyncIterable<Buffer>,
  headers: Headers,
  max: number,
): AsyncGenerator<readonly Event[]> {
  const rules = { max, maxLineBytes: lineBytesMax, dropReturn: true }
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of input) {
    const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const lines = new Chunk(bytes)
    let from = 0
    for (;;) {
      const batch: Event[] = []
      from = splitLines(lines, from, batch, headers, rules)
      if (batch.length === 0) break
      yield batch
    }
    rest = bytes.subarray(from)
    if (rest.length > lineBytesMax) throw new Fault('LINE_TOO_LONG', { megabytes: lineBytesMax / 1024 / 1024 })
  }
  if (rest.length > 0) yield [{ headers, body: rest }]
}
