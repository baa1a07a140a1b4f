/** A file source at work in a temporary folder: files to write, a target that settles when told, stop and start again. */
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SourceDefinition } from '../../src/flow/component.ts'
import type { SourceContext } from '../../src/flow/context.ts'
import type { Batch, Event } from '../../src/flow/event.ts'
import type { Deliver, Source } from '../../src/flow/source.ts'
import { fakeContext, type FakeContext } from '../fakes/context.ts'
import { until } from '../fakes/until.ts'
import { valuesOf } from './values.ts'

/** One start of a source, and what it delivered. */
export class Run {
  readonly context: FakeContext
  readonly batches: Batch[] = []
  readonly #stop = new AbortController()
  readonly #grace = new AbortController()
  readonly #unsettled: { readonly batch: Batch; readonly settle: () => void }[] = []
  #ended: Promise<void> = Promise.resolve()
  hasEnded = false
  /** Batches settle as they come. */
  settling: boolean
  /** Called with each batch before it is taken; its promise holds the source back. */
  onBatch: (batch: Batch) => void | Promise<void> = () => {}

  constructor(given: Partial<Omit<SourceContext, 'log' | 'counters' | 'grace'>>, settling: boolean) {
    this.context = fakeContext({ ...given, grace: this.#grace.signal })
    this.settling = settling
  }

  get events(): Event[] {
    return this.batches.flat()
  }

  get lines(): string[] {
    return this.events.map((event) => Buffer.from(event.body).toString())
  }

  /** Settles the batch at that index of `batches`. */
  settleBatch(index: number): void {
    const batch = this.batches[index]
    const at = this.#unsettled.findIndex((entry) => entry.batch === batch)
    if (at >= 0) this.#unsettled.splice(at, 1)[0]?.settle()
  }

  /** Lines delivered and not settled. */
  get unsettledLines(): string[] {
    return this.#unsettled.flatMap(({ batch }) => batch.map((event) => Buffer.from(event.body).toString()))
  }

  begin(source: Source): void {
    this.#ended = source.run(this.#deliver, this.#stop.signal).finally(() => {
      this.hasEnded = true
    })
    this.#ended.catch(() => {})
  }

  /** Settles the oldest `count` batches that are not settled. */
  settle(count = Infinity): void {
    for (const { settle } of this.#unsettled.splice(0, count)) settle()
  }

  /** Resolves once so many lines have come. */
  has(count: number): Promise<void> {
    return until(() => {
      if (this.hasEnded) throw new Error('The source has ended')
      return this.batches.reduce((sum, batch) => sum + batch.length, 0) >= count
    }, `${count} lines, with ${this.batches.flat().length} there`)
  }

  /** Resolves or rejects as the source's run does. */
  get ended(): Promise<void> {
    return this.#ended
  }

  /** A clean stop: everything settles. */
  async stop(): Promise<void> {
    this.settling = true
    this.#stop.abort()
    this.settle()
    await this.#ended
  }

  /** A stop whose grace is over at once: what is not settled stays so. */
  async kill(): Promise<void> {
    this.#stop.abort()
    this.#grace.abort()
    await this.#ended
  }

  readonly #deliver: Deliver = async (batch) => {
    await this.onBatch(batch)
    this.batches.push(batch)
    if (this.settling) return { settled: Promise.resolve() }
    return { settled: new Promise((settle) => void this.#unsettled.push({ batch, settle })) }
  }
}

export type Given = Partial<Omit<SourceContext, 'log' | 'counters' | 'grace'>> & {
  readonly settling?: boolean
}

/** A temporary folder with a source over it. */
export class FileSourceRig implements AsyncDisposable {
  readonly folder = fs.mkdtempSync(join(tmpdir(), 'millrace-files-'))
  readonly #definition: SourceDefinition
  readonly #settings: (folder: string) => Readonly<Record<string, string>>
  readonly #runs: Run[] = []

  constructor(definition: SourceDefinition, settings: (folder: string) => Readonly<Record<string, string>>) {
    this.#definition = definition
    this.#settings = settings
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, text: string | Uint8Array): void {
    fs.writeFileSync(this.path(name), text)
  }

  append(name: string, text: string | Uint8Array): void {
    fs.appendFileSync(this.path(name), text)
  }

  rename(from: string, to: string): void {
    fs.renameSync(this.path(from), this.path(to))
  }

  delete(name: string): void {
    fs.unlinkSync(this.path(name))
  }

  exists(name: string): boolean {
    return fs.existsSync(this.path(name))
  }

  read(name: string): string {
    return fs.readFileSync(this.path(name), 'utf8')
  }

  /** Starts the source; `settings` come on top of the rig's own. */
  async start(
    settings: Readonly<Record<string, string>> = {},
    { settling = true, ...given }: Given = {},
  ): Promise<Run> {
    const run = new Run(given, settling)
    const values = valuesOf(this.#definition.settings, { ...this.#settings(this.folder), ...settings })
    run.begin(await this.#definition.create(values, run.context))
    this.#runs.push(run)
    return run
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const run of this.#runs) await run.kill().catch(() => {})
    fs.rmSync(this.folder, { recursive: true, force: true })
  }
}
