/**
 * Where log lines go: a standard stream, or a file that is rolled by size as log4j's appender rolls it (`flume.log`, `flume.log.1`, …).
 * Writing is synchronous, so that the last words of a dying process are there, and never throws: a log that cannot be written must not end an agent.
 */
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { reasonOf, systemCode } from '../base/faults.ts'

export interface Destination {
  write(text: string): void
  close(): void
}

/** A reader that is slower than this holds the process up no longer; the line is lost. */
const patienceMs = 200

const pauseCell = new Int32Array(new SharedArrayBuffer(4))
const pauseMs = (ms: number): void => void Atomics.wait(pauseCell, 0, 0, ms)

const writeAll = (fd: number, text: string): void => {
  const bytes = Buffer.from(text)
  const until = performance.now() + patienceMs
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(fd, bytes, done)
    } catch (thrown) {
      if (systemCode(thrown) !== 'EAGAIN' || performance.now() > until) throw thrown
      pauseMs(2)
    }
  }
}

/** A standard stream by its descriptor. Lines that it does not take (nobody reads the pipe any more) are lost. */
export const stream = (fd: 1 | 2): Destination => ({
  write(text) {
    try {
      writeAll(fd, text)
    } catch (thrown) {
      // Only what the stream itself refuses; there is nowhere left to say it.
      if (systemCode(thrown) === undefined) throw thrown
    }
  },
  close() {},
})

export interface RolledFile {
  readonly file: string
  /** The size at which it is rolled; 100 MB as in Flume's log4j.properties. */
  readonly bytesMax?: number
  /** How many older ones are kept; 10 as there. */
  readonly filesMax?: number
}

class RollingFile implements Destination {
  readonly #path: string
  readonly #bytesMax: number
  readonly #filesMax: number
  /** Undefined after a roll that failed half-way: a closed descriptor's number soon is another file's. */
  #fd: number | undefined
  #bytes = 0
  readonly #failing = new Set<'write' | 'roll'>()

  constructor(options: RolledFile) {
    // Absolute, as Node never returns from a relative path below a working folder that was deleted.
    this.#path = resolve(options.file)
    this.#bytesMax = options.bytesMax ?? 100 * 1024 * 1024
    this.#filesMax = options.filesMax ?? 10
    mkdirSync(dirname(this.#path), { recursive: true })
    this.#open()
  }

  write(text: string): void {
    try {
      if (this.#bytes >= this.#bytesMax) this.#roll()
      writeAll(this.#fd ?? this.#open(), text)
      this.#bytes += Buffer.byteLength(text)
      this.#failing.delete('write')
    } catch (thrown) {
      this.#sayOnce('write', thrown)
    }
  }

  close(): void {
    const fd = this.#fd
    this.#fd = undefined
    if (fd !== undefined) closeSync(fd)
  }

  #open(): number {
    const fd = openSync(this.#path, 'a')
    this.#fd = fd
    this.#bytes = fstatSync(fd).size
    return fd
  }

  /** Where the files cannot be renamed, the same one goes on, until it has grown by as much again. */
  #roll(): void {
    this.close()
    try {
      for (let n = this.#filesMax - 1; n >= 1; n--) this.#shift(`${this.#path}.${n}`, `${this.#path}.${n + 1}`)
      this.#shift(this.#path, `${this.#path}.1`)
      this.#failing.delete('roll')
    } catch (thrown) {
      this.#sayOnce('roll', thrown)
    }
    this.#open()
    this.#bytes = 0
  }

  #shift(from: string, to: string): void {
    try {
      renameSync(from, to)
    } catch (thrown) {
      if (systemCode(thrown) !== 'ENOENT') throw thrown
    }
  }

  #sayOnce(what: 'write' | 'roll', thrown: unknown): void {
    if (!this.#failing.has(what)) stream(2).write(`Cannot ${what} the log ${this.#path}: ${reasonOf(thrown)}\n`)
    this.#failing.add(what)
  }
}

/** Opens (creates, with its folders) a log file to append to. Throws the system's error when it cannot. */
export const rolledFile = (options: RolledFile): Destination => new RollingFile(options)
