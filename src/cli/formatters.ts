/**
 * The formatters of the console consumer, by the names that their Java classes have had. Those for the broker's own topics print a JSON object for each
 * record of their kind and pass over every other, as Kafka 4's do, each in a line of its own.
 */
import type { FetchedRecords } from '../client/fetched-records.ts'
import { Malformed } from '../protocol/malformed.ts'
import { Reader } from '../protocol/reader.ts'
import { groupOf, offsetOf, transactionOf } from './dump/decoders.ts'
import { type PrinterOptions, RecordPrinter } from './record-printer.ts'

export interface Printer {
  /** Prints the record that `records` stands at. Throws an Error for one that cannot be shown. */
  print(records: FetchedRecords): void
  /** Hands on what is not written yet. */
  flush(): void
}

type Json = Readonly<Record<string, unknown>>

/** A kind of record in one of the broker's own topics. */
interface Kind {
  /** What a key of it begins with. */
  readonly types: readonly number[]
  readonly key: (reader: Reader) => Json
  readonly value: (reader: Reader, version: number) => Json
}

const kinds = {
  OffsetsMessageFormatter: {
    types: [0, 1],
    key: (reader) => ({ group: reader.str(false), topic: reader.str(false), partition: reader.i32() }),
    value: offsetOf,
  },
  GroupMetadataMessageFormatter: {
    types: [2],
    key: (reader) => ({ group: reader.str(false) }),
    value: (reader, version) => groupOf(reader, version, 'raw'),
  },
  TransactionLogMessageFormatter: {
    types: [0],
    key: (reader) => ({ transactionalId: reader.str(false) }),
    value: transactionOf,
  },
} as const satisfies Readonly<Record<string, Kind>>

/** Its log lines are of level INFO, which Kafka's tools do not show: what is left is what the default one prints. */
const asDefault = ['DefaultMessageFormatter', 'LoggingMessageFormatter'] as const

export const formatterNames = [...asDefault, 'NoOpMessageFormatter', ...(Object.keys(kinds) as (keyof typeof kinds)[])] as const // prettier-ignore
export type FormatterName = (typeof formatterNames)[number]

/** Where the classes have been, from 0.8 to 4. */
const packages =
  /^(?:org\.apache\.kafka\.tools\.consumer\.|kafka\.tools\.|kafka\.server\.OffsetManager\$|kafka\.coordinator\.(?:group\.)?GroupMetadataManager\$|kafka\.coordinator\.transaction\.TransactionLog\$)/

/** The formatter of this class, whose package may be left away; undefined where none is. */
export const formatterNamed = (className: string): FormatterName | undefined => {
  const simple = className.replace(packages, '')
  return formatterNames.find((name) => name === simple)
}

class CoordinatorPrinter implements Printer {
  readonly #kind: Kind
  readonly #write: (bytes: Buffer) => void
  #lines: string[] = []

  constructor(kind: Kind, write: (bytes: Buffer) => void) {
    this.#kind = kind
    this.#write = write
  }

  print({ reader }: FetchedRecords): void {
    const key = reader.key()
    const type = key === null || key.length < 2 ? -1 : key.readInt16BE(0)
    if (key === null || !this.#kind.types.includes(type)) return
    try {
      this.#lines.push(`${JSON.stringify(this.#shown(type, key.subarray(2), reader.value()))}\n`)
    } catch (thrown) {
      if (!(thrown instanceof Malformed)) throw thrown
      throw new Error(`Could not read record at offset ${reader.offset} due to: ${thrown.message}`, { cause: thrown })
    }
  }

  #shown(type: number, key: Buffer, value: Buffer | null): Json {
    const keyShown = { type, data: this.#kind.key(new Reader(key)) }
    if (value === null) return { key: keyShown, value: null }
    const reader = new Reader(value)
    const version = reader.i16()
    return { key: keyShown, value: { version, data: this.#kind.value(reader, version) } }
  }

  flush(): void {
    if (this.#lines.length === 0) return
    this.#write(Buffer.from(this.#lines.join('')))
    this.#lines = []
  }
}

const nothing: Printer = { print: () => undefined, flush: () => undefined }

/** Throws a UsageError for a deserializer that is not there. */
export const printerOf = (name: FormatterName, options: PrinterOptions): Printer => {
  if (name === 'NoOpMessageFormatter') return nothing
  if (name === 'DefaultMessageFormatter' || name === 'LoggingMessageFormatter') return new RecordPrinter(options)
  return new CoordinatorPrinter(kinds[name], options.write)
}
