/**
 * Flume's position file, which TAILDIR shares with it so that either takes over from the other: one JSON array, no newline at its end,
 * `[{"inode":2213359,"pos":22,"file":"/var/log/x.log"}]`. Flume rewrites it in place; here it is replaced in one step.
 */

export interface FilePosition {
  readonly inode: number
  /** Byte offset of the next line. */
  readonly pos: number
  /** Absolute path. */
  readonly file: string
}

const isPosition = (entry: unknown): entry is FilePosition => {
  if (typeof entry !== 'object' || entry === null) return false
  const { inode, pos, file } = entry as Partial<Record<keyof FilePosition, unknown>>
  return Number.isInteger(inode) && Number.isInteger(pos) && (pos as number) >= 0 && typeof file === 'string'
}

/** Entries of a position file; an empty file has none. Throws an Error that says what is wrong with any other text. */
export const parsePositions = (text: string): FilePosition[] => {
  if (text.trim() === '') return []
  const found: unknown = JSON.parse(text)
  if (!Array.isArray(found)) throw new Error('it holds no JSON array')
  const wrong = found.findIndex((entry) => !isPosition(entry))
  if (wrong >= 0) throw new Error(`entry ${wrong + 1} lacks a whole number for inode or pos, or a file name`)
  return found as FilePosition[]
}

/** The bytes of a position file. */
export const formatPositions = (positions: readonly FilePosition[]): Buffer =>
  Buffer.from(JSON.stringify(positions.map(({ inode, pos, file }) => ({ inode, pos, file }))))
