/** What the settings table parses to, in the words of the parts. */
export interface TailSettings {
  readonly file: string
  readonly startAt: 'end' | 'beginning'
  /** Undefined: nothing is remembered between runs of the agent. */
  readonly positionFile: string | undefined
  readonly writePosMs: number
  readonly pollMs: number
  readonly batchSize: number
  readonly batchTimeoutMs: number
  readonly lastLineMs: number
  readonly maxLineBytes: number
  readonly aheadBytesMax: number
}
