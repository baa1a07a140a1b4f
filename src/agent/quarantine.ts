/**
 * Where rejected events wait for a person: one file for each sink, one line of JSON for each event, with the body in base64 so that any bytes
 * survive. The file only grows; whoever has looked into it may move it away while the agent runs.
 */
import { join } from 'node:path'
import { systemCode } from '../base/faults.ts'
import type { PlannedSink } from '../config/plan.ts'
import type { Batch } from '../flow/event.ts'
import type { Clock } from '../io/clock.ts'
import type { Disk } from '../io/disk.ts'
import type { RunningEnvironment } from './environment.ts'
import type { AgentRegistry } from './registry.ts'

const newline = 10

export class Quarantine {
  readonly #folder: string
  readonly #sink: string
  readonly #disk: Disk
  readonly #clock: Clock

  constructor(folder: string, sink: string, { disk, clock }: { readonly disk: Disk; readonly clock: Clock }) {
    this.#folder = folder
    this.#sink = sink
    this.#disk = disk
    this.#clock = clock
  }

  /** Resolves with the file's path once the events are on disk. Throws system errors, and then nothing of them is in the file if it can be helped. */
  async add(events: Batch, reason: string): Promise<string> {
    const path = join(this.#folder, `${this.#sink}.rejected.jsonl`)
    this.#disk.makeFolder(this.#folder)
    const isNew = this.#disk.stat(path) === undefined
    const fd = this.#disk.open(path, 'a+')
    const { size } = this.#disk.fstat(fd)
    try {
      const lines = events.map((event) => this.#line(event, reason)).join('')
      this.#append(fd, Buffer.from(this.#isTorn(fd, size) ? `\n${lines}` : lines))
      await this.#disk.sync(fd)
    } catch (thrown) {
      this.#cutBack(fd, size)
      throw thrown
    } finally {
      this.#disk.close(fd)
    }
    if (isNew) this.#disk.syncFolder(this.#folder)
    return path
  }

  #line({ headers, body }: Batch[number], reason: string): string {
    const base64 = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64')
    const at = new Date(this.#clock.now()).toISOString()
    return `${JSON.stringify({ at, sink: this.#sink, reason, headers, body: base64 })}\n`
  }

  /** Whether a crash has left the beginning of a line at the file's end. */
  #isTorn(fd: number, size: number): boolean {
    const last = new Uint8Array(1)
    return size > 0 && this.#disk.read(fd, last, 0, 1, size - 1) === 1 && last[0] !== newline
  }

  /** What was written in part would be torn lines; a disk that does not even cut a file leaves them. */
  #cutBack(fd: number, size: number): void {
    try {
      this.#disk.truncate(fd, size)
    } catch (thrown) {
      if (systemCode(thrown) === undefined) throw thrown
    }
  }

  #append(fd: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      done += this.#disk.write(fd, bytes, done, bytes.length - done, null)
    }
  }
}

/** Where a sink's rejected events go by its plan; undefined when it is to block. */
export const quarantineOf = (
  { name, onReject, rejectDirectory }: Pick<PlannedSink<AgentRegistry>, 'name' | 'onReject' | 'rejectDirectory'>,
  environment: RunningEnvironment,
): Quarantine | undefined => {
  if (onReject === 'block') return undefined
  const folder = rejectDirectory ?? join(environment.stateDirectory, 'rejected', environment.agent)
  return new Quarantine(folder, name, environment)
}
