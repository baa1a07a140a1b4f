/**
 * Cuts chunks of bytes into events at line ends, for every source that reads lines. Nothing is copied: bodies are views into the chunk, so
 * the chunk must never be written to again.
 */
import type { Chunk } from '../base/chunk.ts'
import { type Event, type Headers, LineEvent } from '../flow/event.ts'
import { type LineEnds, lineEnds } from './line-ends.ts'

const newline = 10
const carriageReturn = 13
/** From here on it pays to look for all line ends at once. */
const [muchBytes, manyLines] = [2048, 64] as const

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

/** Takes one line, from `start` to its `end`, and tells whether it was short enough. */
const takeLine = (
  chunk: Chunk,
  start: number,
  end: number,
  into: LineTarget,
  headers: Headers,
  rules: SplitRules,
): boolean => {
  const drops = rules.dropReturn && end > start && chunk.bytes[end - 1] === carriageReturn
  const stop = drops ? end - 1 : end
  if (stop - start > rules.maxLineBytes) return false
  into.push(new LineEvent(headers, chunk, start, stop))
  return true
}

/** One line end after the other. */
const splitFew = (chunk: Chunk, from: number, into: LineTarget, headers: Headers, rules: SplitRules): number => {
  let start = from
  while (into.length < rules.max) {
    const end = chunk.bytes.indexOf(newline, start)
    if (end < 0 || !takeLine(chunk, start, end, into, headers, rules)) break
    start = end + 1
  }
  return start
}

/** The line ends of one piece after the other. */
const splitMany = (
  chunk: Chunk,
  from: number,
  into: LineTarget,
  headers: Headers,
  rules: SplitRules,
  ends: LineEnds,
): number => {
  const { pieceBytes, positions } = ends
  let start = from
  for (let piece = from; piece < chunk.length && into.length < rules.max; piece += pieceBytes) {
    const count = ends.find(chunk.bytes, piece, Math.min(pieceBytes, chunk.length - piece))
    for (let i = 0; i < count && into.length < rules.max; i++) {
      const end = piece + (positions[i] as number)
      if (!takeLine(chunk, start, end, into, headers, rules)) return start
      start = end + 1
    }
  }
  return start
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
  const isMuch = chunk.length - from >= muchBytes && rules.max - into.length >= manyLines
  const ends = isMuch ? lineEnds() : undefined
  if (ends === undefined) return splitFew(chunk, from, into, headers, rules)
  // The first line alone: who cannot take even that has not had all the others looked for.
  const next = splitFew(chunk, from, into, headers, { ...rules, max: into.length + 1 })
  return next === from ? from : splitMany(chunk, next, into, headers, rules, ends)
}
