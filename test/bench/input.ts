/** The benchmark's input: numbered web log lines of about 105 bytes, written once and kept for the next run. */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { weblogLines } from '../../src/cli/weblog-lines.ts'

const flushBytes = 1 << 20

/** The path of a file with `count` lines, numbered from 0 by their `?n=`; filled up to `lineBytes` where that is given. */
export const inputFile = (count: number, lineBytes = 0): string => {
  const folder = join(tmpdir(), 'millrace-bench')
  const path = join(folder, lineBytes === 0 ? `weblog-${count}.log` : `weblog-${count}-${lineBytes}.log`)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  const part = `${path}.part`
  const fd = openSync(part, 'w')
  let text = ''
  for (const line of weblogLines(count)) {
    text += `${line.padEnd(lineBytes, ' filler')}\n`
    if (text.length > flushBytes) {
      writeSync(fd, text)
      text = ''
    }
  }
  writeSync(fd, text)
  closeSync(fd)
  renameSync(part, path)
  return path
}

const mark = Buffer.from('?n=')

/** The number in a line, or -1. */
export const numberOf = (line: Uint8Array): number => {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.length)
  let at = bytes.indexOf(mark)
  if (at < 0) return -1
  let n = 0
  for (at += mark.length; at < bytes.length; at++) {
    const digit = (bytes[at] ?? 0) - 48
    if (digit < 0 || digit > 9) break
    n = n * 10 + digit
  }
  return n
}

/** Counts which of `count` numbered lines came, and which came again. */
export class Tally {
  readonly #seen: Uint8Array
  repeated = 0
  strange = 0

  constructor(count: number) {
    this.#seen = new Uint8Array(count)
  }

  add(line: Uint8Array): void {
    const n = numberOf(line)
    if (n < 0 || n >= this.#seen.length) this.strange++
    else if (this.#seen[n] === 1) this.repeated++
    else this.#seen[n] = 1
  }

  get lost(): number {
    let lost = 0
    for (const seen of this.#seen) if (seen === 0) lost++
    return lost
  }
}
