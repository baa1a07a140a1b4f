/** What the settings table parses to, in the words of the parts. */
import type { Recode } from './recode.ts'

export interface SpoolSettings {
  readonly folder: string
  /** Absolute; Flume's `.flumespool` below the folder unless told otherwise. */
  readonly trackerFolder: string
  readonly suffix: string
  /** What marks a file as done. */
  readonly retire: 'rename' | 'delete' | 'track'
  readonly include: RegExp
  readonly ignore: RegExp
  readonly order: 'oldest' | 'youngest' | 'random'
  readonly recursive: boolean
  readonly pollMs: number
  readonly batchSize: number
  /** The header for the absolute path; undefined for none. */
  readonly fileKey: string | undefined
  /** The header for the name; undefined for none. */
  readonly basenameKey: string | undefined
  readonly maxLineLength: number
  /** Undefined: bodies are the bytes of the file. */
  readonly recode: Recode | undefined
  readonly writePosMs: number
  readonly aheadBytesMax: number
}
