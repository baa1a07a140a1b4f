/**
 * Cuts chunks of bytes into events at line ends, for every source that reads lines. Nothing is copied: bodies are views into the chunk, so
 * the chunk must never be written to again. The search is `indexOf`, which runs natively; a loop in JavaScript takes twice as long.
 */
import type { Chunk } from '../base/chunk.ts'
import { type Event, type Headers, LineEvent } from '../flow/event.ts'

const newline = 10
const carriageReturn = 13

export interface SplitRules {
  /** Events that `into` may have in the end. */
  readonly max: number
  /** Longest line, in bytes without its end; at a longer one splitting stops, before it. */
  readonly maxLineBytes: number
  /** Whether a `\r` before the `\n` belongs to the line's end. */
  readonly dropReturn: boolean
}

/** What lines are added to: an array, or a LineBatch. */
export interface LineTarget {
  readonly length: number
  push(event: Event): unknown
}

/**
 * Adds the whole lines of `chunk` from `from` on to `into`, each as one event with `headers`. Returns where it stopped: after the last line
 * taken, because `into` has `max` events, no further `\n` is there, or the next line is too long.
 */
export const splitLines = (
  chunk: Chunk,
  from: number,
  into: LineTarget,
  headers: Headers,
  rules: SplitRules,
): number => {
  const { max, maxLineBytes, dropReturn } = rules
  const { bytes } = chunk
  let start = from
  while (into.length < max) {
    const end = bytes.indexOf(newline, start)
    if (end < 0) break
    const stop = dropReturn && end > start && bytes[end - 1] === carriageReturn ? end - 1 : end
    if (stop - start > maxLineBytes) break
    into.push(new LineEvent(headers, chunk, start, stop))
    start = end + 1
  }
  return start
}
