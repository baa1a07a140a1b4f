/** What a configuration file comes down to, in whichever form it is written: an ordered list of keys and values, each with its place. */
import type { FileFinding } from './finding.ts'

/** One setting of a file, whatever its format. Key and value are trimmed as Flume trims them. */
export interface PropertyEntry {
  readonly key: string
  readonly value: string
  readonly file: string
  /** Where the key stands, from 1. */
  readonly line: number
  /** The value as it is written, escapes and continuations included. */
  readonly raw: string
  /** The parts of a value that was written as a list, which only YAML can. */
  readonly items?: readonly string[]
}

export interface ParsedFile {
  /** In the order of the file, without those that have no value; a key that is set twice stands here twice, and the last one wins. */
  readonly entries: readonly PropertyEntry[]
  readonly findings: readonly FileFinding[]
}
