/** Prints records as Kafka's DefaultMessageFormatter does, into one buffer at a time: a record costs a copy of its value, not a string. */
import type { FetchedRecords } from '../client/fetched-records.ts'
import { UsageError } from './jopt.ts'

const bufferBytes = 65_536

const noHeaders = Buffer.from('NO_HEADERS')

/** How bytes of a key or value are shown. */
type Show = (bytes: Buffer) => Buffer

const asIs: Show = (bytes) => bytes
const ofSize =
  (size: number, what: string, read: (bytes: Buffer) => string): Show =>
  (bytes) => {
    if (bytes.length !== size) throw new Error(`Size of data received by ${what} is not ${size}`)
    return Buffer.from(read(bytes))
  }

/** Java's deserializers whose values can be shown, by their simple names. */
const deserializers: Readonly<Record<string, Show>> = {
  StringDeserializer: asIs,
  ByteArrayDeserializer: asIs,
  BytesDeserializer: asIs,
  ByteBufferDeserializer: asIs,
  LongDeserializer: ofSize(8, 'LongDeserializer', (bytes) => String(bytes.readBigInt64BE())),
  IntegerDeserializer: ofSize(4, 'IntegerDeserializer', (bytes) => String(bytes.readInt32BE())),
  ShortDeserializer: ofSize(2, 'ShortDeserializer', (bytes) => String(bytes.readInt16BE())),
  DoubleDeserializer: ofSize(8, 'DoubleDeserializer', (bytes) => String(bytes.readDoubleBE())),
  FloatDeserializer: ofSize(4, 'FloatDeserializer', (bytes) => String(bytes.readFloatBE())),
}

const showOf = (className: string | undefined): Show => {
  if (className === undefined) return asIs
  const show = deserializers[className.replace(/^.*\./, '')]
  if (show === undefined)
    throw new UsageError(`${className} cannot be loaded; there are ${Object.keys(deserializers).join(', ')}`, false)
  return show
}

const truthy = (text: string | undefined, otherwise: boolean): boolean =>
  text === undefined ? otherwise : text.trim().toLowerCase() === 'true'

export interface PrinterOptions {
  readonly properties: ReadonlyMap<string, string>
  readonly keyDeserializer: string | undefined
  readonly valueDeserializer: string | undefined
  /** Gets full buffers, which are its own from then on. */
  readonly write: (bytes: Buffer) => void
}

type Column = (records: FetchedRecords) => Buffer

export class RecordPrinter {
  readonly #options: PrinterOptions
  readonly #columns: readonly Column[]
  readonly #columnSeparator: Buffer
  readonly #lineSeparator: Buffer
  readonly #headersSeparator: Buffer
  readonly #null: Buffer
  /** Only the value, as it is: the common case. */
  readonly #plain: boolean
  #buffer = Buffer.allocUnsafeSlow(bufferBytes)
  #at = 0

  /** Throws a UsageError for a deserializer that is not there. */
  constructor(options: PrinterOptions) {
    const { properties } = options
    this.#options = options
    this.#columnSeparator = Buffer.from(properties.get('key.separator') ?? '\t')
    this.#lineSeparator = Buffer.from(properties.get('line.separator') ?? '\n')
    this.#headersSeparator = Buffer.from(properties.get('headers.separator') ?? ',')
    this.#null = Buffer.from(properties.get('null.literal') ?? 'null')
    this.#columns = this.#columnsOf(properties)
    const shows = options.valueDeserializer ?? properties.get('value.deserializer')
    this.#plain = this.#columns.length === 1 && truthy(properties.get('print.value'), true) && showOf(shows) === asIs
  }

  /** Prints the record that `records` stands at. Throws an Error when a part of it is not what its deserializer is for. */
  print(records: FetchedRecords): void {
    const { reader } = records
    if (this.#columns.length === 0) return
    if (this.#plain && reader.valueStart >= 0) {
      this.#put(reader.buffer, reader.valueStart, reader.valueEnd)
    } else {
      // All of them first: a record that cannot be shown leaves no half line.
      const shown = this.#columns.map((column) => column(records))
      for (const [i, bytes] of shown.entries()) {
        if (i > 0) this.#put(this.#columnSeparator, 0, this.#columnSeparator.length)
        this.#put(bytes, 0, bytes.length)
      }
    }
    this.#put(this.#lineSeparator, 0, this.#lineSeparator.length)
  }

  /** Hands on what is not written yet. */
  flush(): void {
    if (this.#at === 0) return
    this.#options.write(this.#buffer.subarray(0, this.#at))
    this.#buffer = Buffer.allocUnsafeSlow(bufferBytes)
    this.#at = 0
  }

  #put(from: Buffer, start: number, end: number): void {
    if (this.#at + (end - start) > this.#buffer.length) {
      this.flush()
      if (end - start > this.#buffer.length) return this.#options.write(Buffer.from(from.subarray(start, end)))
    }
    from.copy(this.#buffer, this.#at, start, end)
    this.#at += end - start
  }

  /** In the order in which Kafka's formatter prints them. */
  #columnsOf(properties: ReadonlyMap<string, string>): Column[] {
    const { keyDeserializer, valueDeserializer } = this.#options
    const showKey = showOf(keyDeserializer ?? properties.get('key.deserializer'))
    const showValue = showOf(valueDeserializer ?? properties.get('value.deserializer'))
    const all: [string, boolean, Column][] = [
      ['print.timestamp', false, (records) => Buffer.from(timestampText(records))],
      ['print.partition', false, ({ partition }) => Buffer.from(`Partition:${partition}`)],
      ['print.offset', false, ({ reader }) => Buffer.from(`Offset:${reader.offset}`)],
      ['print.headers', false, (records) => this.#headers(records)],
      ['print.key', false, ({ reader }) => this.#shown(reader.key(), showKey)],
      ['print.value', true, ({ reader }) => this.#shown(reader.value(), showValue)],
    ]
    return all.filter(([name, usual]) => truthy(properties.get(name), usual)).map(([, , column]) => column)
  }

  #shown(bytes: Buffer | null, show: Show): Buffer {
    return bytes === null ? this.#null : show(bytes)
  }

  #headers({ reader }: FetchedRecords): Buffer {
    if (reader.hasNoHeaders()) return noHeaders
    const parts = reader
      .headers()
      .flatMap(({ name, value }, i) => [
        ...(i === 0 ? [] : [this.#headersSeparator]),
        Buffer.from(`${name}:`),
        value ?? this.#null,
      ])
    return Buffer.concat(parts)
  }
}

const timestampText = ({ reader, isAppendTime }: FetchedRecords): string => {
  if (reader.timestampMs < 0) return 'NO_TIMESTAMP'
  return `${isAppendTime ? 'LogAppendTime' : 'CreateTime'}:${reader.timestampMs}`
}
