/**
 * Which file each event belongs to: `hdfs.path` and `hdfs.filePrefix` with their escapes filled in. The text is put together again only when a header
 * that it depends on, or the stretch of time, differs from the event before.
 */
import type { Batch, Event, Headers } from '../../src/flow/event.ts'
import { Rejected } from '../../src/flow/sink.ts'
import { type Template, timestampHeader, timestampOf } from '../../src/formats/escapes.ts'

/** Events of a batch that go to one file, in their order. */
export interface Group {
  /** The path of the file up to the counter in its name. */
  readonly path: string
  readonly events: Batch
}

export interface BucketPathsOptions {
  /** The folder, and behind a slash what a file's name begins with. */
  readonly template: Template
  /** The time is the clock's and not the event's. */
  readonly localTime: boolean
  /** Every event needs a time that can be written, whatever the path says (SequenceFile has it as its key). */
  readonly checkTime: boolean
}

const noTime = `The event has no header '${timestampHeader}', which the dates in hdfs.path or hdfs.filePrefix need. \
Put the timestamp interceptor on the source, or set hdfs.useLocalTimeStamp = true.`

const badTime = (headers: Headers): string =>
  `The header '${timestampHeader}' is no time in milliseconds: '${(headers[timestampHeader] ?? '').slice(0, 40)}'.`

const badName = `A header that hdfs.path or hdfs.filePrefix puts into the path holds '..' or a NUL, and would lead out of it.`

/** A header's text must not lead out of the folder: events may come from anybody. */
const isUnsafe = (text: string | undefined): boolean =>
  text !== undefined && (text.includes('\0') || /(?:^|\/)\.\.?(?:\/|$)/.test(text))

interface Refusal {
  readonly refused: string
}

export class BucketPaths {
  readonly #options: BucketPathsOptions
  readonly #isConstant: boolean
  /** What the last path was made from. */
  #headers: Headers | undefined
  #values: (string | undefined)[] = []
  #stretch = NaN
  #path: string | Refusal = ''

  constructor(options: BucketPathsOptions) {
    this.#options = options
    const { headers, needsTime } = options.template
    this.#isConstant = headers.length === 0 && !needsTime && !options.checkTime
  }

  /** The batch by files, in the order of their first events. Throws Rejected for events that have no place. */
  group(batch: Batch, nowMs: number): readonly Group[] {
    if (this.#isConstant) return [{ path: this.#options.template.render({}, 0), events: batch }]
    // The clock has moved on, so the headers alone say nothing.
    if (this.#options.localTime) this.#headers = undefined
    const first = this.#pathOf(batch[0] as Event, nowMs)
    let i = 1
    while (i < batch.length && this.#pathOf(batch[i] as Event, nowMs) === first) i++
    if (i === batch.length && typeof first === 'string') return [{ path: first, events: batch }]
    return this.#sorted(batch, nowMs)
  }

  #sorted(batch: Batch, nowMs: number): readonly Group[] {
    const groups = new Map<string, Event[]>()
    const refused: number[] = []
    let reason: string | undefined
    for (const [index, event] of batch.entries()) {
      const path = this.#pathOf(event, nowMs)
      if (typeof path === 'string') {
        const events = groups.get(path)
        if (events === undefined) groups.set(path, [event])
        else events.push(event)
      } else {
        refused.push(index)
        reason ??= path.refused
      }
    }
    if (reason !== undefined) throw new Rejected(refused, reason)
    return [...groups].map(([path, events]) => ({ path, events }))
  }

  #pathOf({ headers }: Event, nowMs: number): string | Refusal {
    if (headers === this.#headers) return this.#path
    this.#headers = headers
    const { template, localTime, checkTime } = this.#options
    const ownMs = checkTime || (template.needsTime && !localTime) ? timestampOf(headers) : undefined
    if (Number.isNaN(ownMs)) return this.#refuse(badTime(headers))
    const timeMs = localTime ? nowMs : ownMs
    if (timeMs === undefined && template.needsTime) return this.#refuse(noTime)
    const stretch = template.needsTime ? Math.floor((timeMs ?? 0) / template.steadyMs) : 0
    if (stretch !== this.#stretch || !this.#sameValues(headers)) this.#render(headers, timeMs ?? 0, stretch)
    return this.#path
  }

  #refuse(reason: string): Refusal {
    this.#stretch = NaN
    const refusal = { refused: reason }
    this.#path = refusal
    return refusal
  }

  #sameValues(headers: Headers): boolean {
    const names = this.#options.template.headers
    for (let i = 0; i < names.length; i++) if (headers[names[i] as string] !== this.#values[i]) return false
    return true
  }

  #render(headers: Headers, timeMs: number, stretch: number): void {
    const { template } = this.#options
    this.#stretch = stretch
    this.#values = template.headers.map((name) => headers[name])
    this.#path = this.#values.some(isUnsafe) ? { refused: badName } : template.render(headers, timeMs)
  }
}
