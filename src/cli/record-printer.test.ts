import { describe, expect, it } from 'vitest'
import { FetchedRecords } from '../client/fetched-records.ts'
import { encodeHeaderBytes } from '../protocol/record-headers.ts'
import { type FinishOptions, RecordBatchWriter } from '../protocol/record-batch-writer.ts'
import { UsageError } from './jopt.ts'
import { RecordPrinter } from './record-printer.ts'

interface Given {
  readonly key?: Uint8Array | string | null
  readonly value?: Uint8Array | string | null
  readonly headers?: readonly (readonly [string, string | null])[]
}

const bytes = (part: Uint8Array | string | null | undefined): Uint8Array | null =>
  typeof part === 'string' ? Buffer.from(part) : (part ?? null)

const fetched = (records: readonly Given[], options: FinishOptions = {}): FetchedRecords => {
  const writer = new RecordBatchWriter({ bytesMax: 64 * 1024 * 1024 })
  for (const { key, value, headers } of records) {
    const encoded = headers?.map(
      ([name, text]) => [Buffer.from(name), text === null ? null : Buffer.from(text)] as const,
    )
    writer.add(1000, bytes(key), bytes(value), encoded === undefined ? null : encodeHeaderBytes(encoded))
  }
  const batch = writer.finish({ baseOffset: 7, ...options })
  return new FetchedRecords({
    topic: 't',
    partition: 2,
    fromOffset: 0,
    records: batch,
    aborted: [],
    checkCrc: true,
  })
}

interface Way {
  readonly properties?: Readonly<Record<string, string>>
  readonly keyDeserializer?: string
  readonly valueDeserializer?: string
  readonly options?: FinishOptions
}

const printed = (records: readonly Given[], way: Way = {}): Buffer => {
  const written: Buffer[] = []
  const printer = new RecordPrinter({
    properties: new Map(Object.entries(way.properties ?? {})),
    keyDeserializer: way.keyDeserializer,
    valueDeserializer: way.valueDeserializer,
    write: (part) => void written.push(part),
  })
  const all = fetched(records, way.options)
  while (all.next()) printer.print(all)
  printer.flush()
  return Buffer.concat(written)
}

const print = (records: readonly Given[], properties: Readonly<Record<string, string>> = {}): string =>
  String(printed(records, { properties }))

const everything = Object.fromEntries(
  ['timestamp', 'partition', 'offset', 'headers', 'key'].map((column) => [`print.${column}`, 'true']),
)

describe('records are printed', () => {
  it('as values, one a line', () => {
    expect(print([{ value: 'a' }, { value: '' }, { key: 'k', value: 'b' }])).toBe('a\n\nb\n')
  })

  it('with everything, in the order and the words of Kafka', () => {
    const headers = [
      ['h', '1'],
      ['n', null],
    ] as const
    expect(print([{ key: 'k', value: 'v', headers }, { value: 'w' }], everything)).toBe(
      'CreateTime:1000\tPartition:2\tOffset:7\th:1,n:null\tk\tv\n' +
        'CreateTime:1000\tPartition:2\tOffset:8\tNO_HEADERS\tnull\tw\n',
    )
  })

  it("with the broker's time where it stamps records", () => {
    const options = { isAppendTime: true, maxTimestamp: 5000 }
    expect(String(printed([{ value: 'v' }], { properties: { 'print.timestamp': 'true' }, options }))).toBe(
      'LogAppendTime:5000\tv\n',
    )
  })

  it('with separators of the user', () => {
    const properties = {
      'print.key': 'TRUE',
      'print.headers': ' true ',
      'key.separator': ' | ',
      'line.separator': '#',
      'headers.separator': ';',
      'null.literal': '-',
    }
    expect(
      print(
        [
          {
            value: null,
            headers: [
              ['a', '1'],
              ['b', null],
            ],
          },
          { key: 'k', value: 'v' },
        ],
        properties,
      ),
    ).toBe('a:1;b:- | - | -#NO_HEADERS | k | v#')
  })

  it('without the value, or not at all', () => {
    expect(print([{ key: 'k', value: 'v' }], { 'print.key': 'true', 'print.value': 'false' })).toBe('k\n')
    expect(print([{ key: 'k', value: 'v' }], { 'print.value': 'false' })).toBe('')
  })

  it('as the bytes they are', () => {
    const value = Uint8Array.from([0xff, 0x00, 0x0a, 0x80])
    expect(printed([{ value }])).toEqual(Buffer.from([...value, 0x0a]))
    expect(printed([{ key: value, value }], { properties: { 'print.key': 'true' } })).toEqual(
      Buffer.from([...value, 0x09, ...value, 0x0a]),
    )
  })

  it('whole, however large', () => {
    const large = 'x'.repeat(1_000_000)
    expect(print([{ value: 'a' }, { value: large }, { value: 'b' }])).toBe(`a\n${large}\nb\n`)
    const many = Array.from({ length: 50_000 }, (_, i) => ({ value: `line ${i}` }))
    expect(print(many)).toBe(many.map(({ value }) => `${value}\n`).join(''))
  })
})

describe('deserializers', () => {
  it('show numbers that Java wrote', () => {
    const long = Buffer.alloc(8)
    long.writeBigInt64BE(-5n)
    const double = Buffer.alloc(8)
    double.writeDoubleBE(1.5)
    const shown = printed([{ key: long, value: double }], {
      properties: { 'print.key': 'true' },
      keyDeserializer: 'org.apache.kafka.common.serialization.LongDeserializer',
      valueDeserializer: 'org.apache.kafka.common.serialization.DoubleDeserializer',
    })
    expect(String(shown)).toBe('-5\t1.5\n')
  })

  it('leave no half line behind a record that they cannot read', () => {
    const written: Buffer[] = []
    const printer = new RecordPrinter({
      properties: new Map([['print.key', 'true']]),
      keyDeserializer: undefined,
      valueDeserializer: 'LongDeserializer',
      write: (part) => void written.push(part),
    })
    const records = fetched([{ key: 'k', value: 'short' }])
    records.next()
    expect(() => printer.print(records)).toThrow('Size of data received by LongDeserializer is not 8')
    printer.flush()
    expect(written).toEqual([])
  })

  it('that are not there are named before anything is read', () => {
    expect(() => printed([], { valueDeserializer: 'io.confluent.kafka.serializers.KafkaAvroDeserializer' })).toThrow(
      UsageError,
    )
  })
})
