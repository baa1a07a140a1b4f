/**
 * An Avro object container of events: `Obj` 1, a map of metadata, 16 sync bytes; then blocks of a count, a size, the data and the sync bytes again.
 * Each batch ends its block, so that what a sink has stored can be read.
 */
import { putVarint, varintBytes } from '../../base/varint.ts'
import type { Batch } from '../../flow/event.ts'
import type { Serializer } from '../../flow/serializer.ts'
import { EventEncoder } from '../../formats/avro-event.ts'
import { outputBuffer } from '../../formats/output-buffer.ts'
import type { CodecName, Compress } from './codecs.ts'

const magic = Buffer.from([0x4f, 0x62, 0x6a, 0x01])

const schema = JSON.stringify({
  type: 'record',
  name: 'Event',
  fields: [
    { name: 'headers', type: { type: 'map', values: 'string' } },
    { name: 'body', type: 'bytes' },
  ],
})

const number = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafeSlow(varintBytes(value))
  putVarint(bytes, 0, value)
  return bytes
}

const withLength = (text: string): Buffer => Buffer.concat([number(Buffer.byteLength(text)), Buffer.from(text)])

export interface ContainerOptions {
  readonly codec: CodecName
  readonly compress: Compress
  /** Data of a block, uncompressed, at which it is closed. */
  readonly blockBytes: number
  /** 16 bytes that no other file has. */
  readonly sync: Uint8Array
}

export class AvroContainer implements Serializer {
  readonly appendable = false
  readonly #options: ContainerOptions
  readonly #encoder = new EventEncoder()

  constructor(options: ContainerOptions) {
    this.#options = options
  }

  begin(): Uint8Array {
    const metadata = ['avro.schema', schema, 'avro.codec', this.#options.codec].map(withLength)
    return Buffer.concat([magic, number(2), ...metadata, number(0), this.#options.sync])
  }

  /** Mostly one block; more where the batch is above the block size. */
  encode(batch: Batch): readonly Uint8Array[] {
    const { blockBytes } = this.#options
    const lengths = batch.map((event) => this.#encoder.length(event))
    const into = outputBuffer(lengths.reduce((sum, length) => sum + length, 0))
    const pieces: Uint8Array[] = []
    let from = 0
    let at = 0
    let count = 0
    for (const event of batch) {
      at = this.#encoder.put(event, into, at)
      count++
      if (at - from < blockBytes) continue
      pieces.push(...this.#block(count, into.bytes.subarray(from, at)))
      from = at
      count = 0
    }
    if (count > 0) pieces.push(...this.#block(count, into.bytes.subarray(from, at)))
    return pieces
  }

  #block(count: number, data: Uint8Array): Uint8Array[] {
    const { compress, sync } = this.#options
    const packed = compress(data)
    return [Buffer.concat([number(count), number(packed.length)]), packed, sync]
  }
}
