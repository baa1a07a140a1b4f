/**
 * Flume's line limit counts characters, its own kind: UTF-16 units, the newline included. Bytes are only turned into that count where the number
 * of bytes leaves it open.
 */

/** A UTF-16 unit never takes more than this many bytes of UTF-8. */
const bytesPerUnitMax = 3

/** UTF-16 units of UTF-8 bytes. Bytes that are not valid UTF-8 are counted roughly, which is enough for a limit. */
const utf16Units = (bytes: Uint8Array): number => {
  let units = 0
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1
  return units
}

/** Whether a line of these bytes, without its newline, has more than `most` characters. */
export const isLonger = (line: Uint8Array, most: number): boolean =>
  line.length > most && (line.length > most * bytesPerUnitMax || utf16Units(line) > most)
