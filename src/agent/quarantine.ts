/**
 * Where rejected events wait for a person: one file for each sink, one line of JSON for each event, with the body in base64 so that any bytes
 * survive. The file only grows; whoever has looked into it may move it away while the agent runs.
 */
import { join } from 'node:path'
import type { PlannedSink } from '../config/plan.ts'
import type { Batch } from '../flow/event.ts'
import type { Clock } from '../io/clock.ts'
import type { Disk } from '../io/disk.ts'
import type { RunningEnvironment } from './environment.ts'
import type { AgentRegistry } from './registry.ts'

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

  /** Resolves with the file's path once the events are on disk. Throws system errors, and then part of them may be in the file. */
  async add(events: Batch, reason: string): Promise<string> {
    const path = join(this.#folder, `${this.#sink}.rejected.jsonl`)
    this.#disk.makeFolder(this.#folder)
    const isNew = this.#disk.stat(path) === undefined
    const fd = this.#disk.open(path, 'a')
    try {
      this.#append(fd, Buffer.from(events.map((event) => this.#line(event, reason)).join('')))
      await this.#disk.sync(fd)
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
