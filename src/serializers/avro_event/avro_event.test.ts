import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uncompressSync } from 'snappy'
import { crc32, zstdDecompressSync } from 'node:zlib'
import avro from 'avsc'
import { describe, expect, it } from 'vitest'
import type { Event } from '../../flow/event.ts'
import { fakeContext } from '../../../test/fakes/context.ts'
import { avroEvent } from './avro_event.ts'

const decoders = {
  snappy: (packed: Buffer, done: (error: Error | null, plain?: Buffer) => void) => {
    const plain = uncompressSync(packed.subarray(0, -4)) as Buffer
    const sum = packed.readUInt32BE(packed.length - 4)
    done(sum === crc32(plain) ? null : new Error('bad checksum'), plain)
  },
  zstandard: (packed: Buffer, done: (error: Error | null, plain?: Buffer) => void) =>
    done(null, zstdDecompressSync(packed)),
}

/** What the avsc library, which knows nothing of ours, finds in the file. */
const readBack = async (bytes: Buffer): Promise<unknown[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'avro-event-'))
  try {
    writeFileSync(join(folder, 'events.avro'), bytes)
    const found: unknown[] = []
    const decoder = avro.createFileDecoder(join(folder, 'events.avro'), {
      codecs: { ...avro.streams.BlockDecoder.defaultCodecs(), ...decoders },
    })
    for await (const event of decoder) found.push({ ...(event as Event) })
    return found
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const events = (count: number): Event[] =>
  Array.from({ length: count }, (_, i) => ({
    headers: i % 3 === 0 ? {} : { host: `h${i}` },
    body: Buffer.from(`event ${i}`),
  }))

const written = async (compressionCodec: string, batches: readonly Event[][], syncIntervalBytes = 2_048_000) => {
  const serializer = await avroEvent.create({ compressionCodec, syncIntervalBytes }, fakeContext())
  const pieces = [serializer.begin?.() ?? Buffer.alloc(0)]
  for (const batch of batches) pieces.push(...serializer.encode(batch).map((piece) => Buffer.from(piece)))
  return Buffer.concat(pieces)
}

describe('avro_event serializer', () => {
  it.each(['null', 'deflate', 'snappy', 'zstandard'])(
    'writes a container that another library reads, codec %s',
    async (codec) => {
      const batches = [events(5), events(1), events(100)]
      expect(await readBack(await written(codec, batches))).toEqual(batches.flat())
    },
  )

  it('splits a batch above the block size', async () => {
    const one = await written('null', [events(100)])
    const many = await written('null', [events(100)], 200)
    expect(many.length).toBeGreaterThan(one.length)
    expect(await readBack(many)).toEqual(events(100))
  })
})
