/** kafka-dump-log.sh on files of ours: the lines it prints, what it finds wrong, and its exit codes. Apache Kafka's own tool is asked the same in test/interop. */
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, afterAll, describe, expect, it } from 'vitest'
import { encodeMarker } from '../../src/protocol/control-batch.ts'
import { keyedBatch } from '../fakes/cleaner.ts'
import { bench, client } from '../fakes/partition-log.ts'
import { temporaryFolder } from '../support/agent.ts'
import { tool } from '../support/tool.ts'

const first = '00000000000000000000'

describe('kafka-dump-log.sh', () => {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder.path, name)
  const dump = (...args: readonly string[]) => tool('kafka-dump-log', args)

  beforeAll(async () => {
    const space = bench()
    const log = space.open({}, { indexIntervalBytes: 100 })
    log.append(keyedBatch([['k', 'one'], ['k', null]]), client) // prettier-ignore
    log.append(keyedBatch([['a', 'x'.repeat(150)]], { isTransactional: true, producerId: 7, producerEpoch: 1, baseSequence: 4 }, 5000), client) // prettier-ignore
    log.append(encodeMarker({ outcome: 'abort', producerId: 7, producerEpoch: 1, coordinatorEpoch: 3, timestampMs: 5001 }), { origin: 'coordinator' }) // prettier-ignore
    log.append(keyedBatch([['z', 'last']], { codec: 1 }, 6000), client)
    await log.close()
    mkdirSync(folder.path, { recursive: true })
    for (const name of space.disk.list(space.folder))
      writeFileSync(at(name), space.disk.bytes(`${space.folder}/${name}`) ?? '')
  })
  afterAll(() => folder[Symbol.dispose]())

  it('prints batches and records', async () => {
    const { out, err, code } = await dump('--files', at(`${first}.log`), '--print-data-log')
    const crc = /crc: \d+/g
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.replaceAll(crc, 'crc: #').split('\n')).toEqual([
      `Dumping ${at(`${first}.log`)}`,
      'Log starting offset: 0',
      'baseOffset: 0 lastOffset: 1 count: 2 baseSequence: -1 lastSequence: -1 producerId: -1 producerEpoch: -1 partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: 1001 size: 80 magic: 2 compresscodec: none crc: # isvalid: true',
      '| offset: 0 CreateTime: 1000 keySize: 1 valueSize: 3 sequence: -1 headerKeys: [] key: k payload: one',
      '| offset: 1 CreateTime: 1001 keySize: 1 valueSize: -1 sequence: -1 headerKeys: [] key: k',
      'baseOffset: 2 lastOffset: 2 count: 1 baseSequence: 4 lastSequence: 4 producerId: 7 producerEpoch: 1 partitionLeaderEpoch: 0 isTransactional: true isControl: false deleteHorizonMs: OptionalLong.empty position: 80 CreateTime: 5000 size: 221 magic: 2 compresscodec: none crc: # isvalid: true',
      `| offset: 2 CreateTime: 5000 keySize: 1 valueSize: 150 sequence: 4 headerKeys: [] key: a payload: ${'x'.repeat(150)}`,
      'baseOffset: 3 lastOffset: 3 count: 1 baseSequence: -1 lastSequence: -1 producerId: 7 producerEpoch: 1 partitionLeaderEpoch: 0 isTransactional: true isControl: true deleteHorizonMs: OptionalLong.empty position: 301 CreateTime: 5001 size: 78 magic: 2 compresscodec: none crc: # isvalid: true',
      '| offset: 3 CreateTime: 5001 keySize: 4 valueSize: 6 sequence: -1 headerKeys: [] endTxnMarker: ABORT coordinatorEpoch: 3',
      expect.stringContaining('position: 379 CreateTime: 6000'),
      '| offset: 4 CreateTime: 6000 keySize: 1 valueSize: 4 sequence: -1 headerKeys: [] key: z payload: last',
      '',
    ])
  })

  it('prints indexes, aborted transactions and producers, also under the name of its class', async () => {
    const files = ['.index', '.timeindex', '.txnindex'].map((ending) => at(first + ending))
    const snapshot = at('00000000000000000005.snapshot')
    const { out, err } = await tool('kafka-run-class', ['kafka.tools.DumpLogSegments', '--files', [...files, snapshot].join()]) // prettier-ignore
    expect(err).toBe('')
    expect(out.split('\n').filter((line) => !line.startsWith('Dumping'))).toEqual([
      'offset: 3 position: 301',
      'timestamp: 5001 offset: 3',
      'timestamp: 6000 offset: 4',
      'version: 0 producerId: 7 firstOffset: 2 lastOffset: 3 lastStableOffset: 4',
      'producerId: 7 producerEpoch: 1 coordinatorEpoch: 3 currentTxnFirstOffset: OptionalLong.empty lastTimestamp: 5001 firstSequence: 4 lastSequence: 4 lastOffset: 2 offsetDelta: 0 timestamp: 5001',
      '',
    ])
    expect((await dump('--files', files[0] ?? '', '--index-sanity-check')).out).toContain('passed sanity check.')
    expect((await dump('--files', files[0] ?? '', '--verify-index-only')).out).toBe(`Dumping ${files[0]}\n`)
  })

  it('says what is wrong: a torn tail, a flipped bit, indexes that lie', async () => {
    const torn = at('torn')
    mkdirSync(torn)
    const log = readFileSync(at(`${first}.log`))
    log.fill(0x58, 150, 151)
    writeFileSync(join(torn, `${first}.log`), Buffer.concat([log, Buffer.from('rest')]))
    const index = readFileSync(at(`${first}.index`))
    index.writeInt32BE(2, 0)
    writeFileSync(join(torn, `${first}.index`), index)
    const times = readFileSync(at(`${first}.timeindex`))
    times.writeInt32BE(77, 4)
    writeFileSync(join(torn, `${first}.timeindex`), times)
    const files = ['.log', '.index', '.timeindex'].map((ending) => join(torn, first + ending))
    const { out, err, code } = await dump('--files', files.join())
    expect(code).toBe(0)
    expect(out).toContain(`Found 4 invalid bytes at the end of ${first}.log`)
    expect(out.match(/isvalid: false/g)).toHaveLength(1)
    expect(err.split('\n')).toEqual([
      `Mismatches in :${files[1]}`,
      '  Index offset: 2, log offset: 3',
      `Found timestamp mismatch in :${files[2]}`,
      '  Index timestamp: 77, log timestamp: 5001',
      '',
    ])
    truncateSync(join(torn, `${first}.index`), 5)
    expect((await dump('--files', files[1] ?? '', '--index-sanity-check')).err).toContain(
      'did not pass the sanity check',
    )
  })

  it('refuses what it cannot read', async () => {
    for (const name of ['other.log', 'meta.properties']) writeFileSync(at(name), '')
    expect(await dump('--files', at('other.log'))).toMatchObject({ code: 1, err: expect.stringContaining('not named after an offset') }) // prettier-ignore
    for (const name of ['nope.log', '00000000000000000009.log'])
      expect(await dump('--files', at(name))).toMatchObject({ code: 1, err: `Error: ${at(name)} does not exist\n` })
    expect(await dump('--files', at('meta.properties'))).toMatchObject({ code: 0, err: `Ignoring unknown file ${at('meta.properties')}\n` }) // prettier-ignore
    expect(await dump('--files', at('nope'))).toMatchObject({ code: 0, err: `Ignoring unknown file ${at('nope')}, which does not exist\n` }) // prettier-ignore
    expect(await dump('--files', folder.path)).toMatchObject({ code: 0, err: `${folder.path} is a folder: name the files in it, separated by commas\n` }) // prettier-ignore
    expect(await dump('--files', at(`${first}.log`), '--cluster-metadata-decoder')).toMatchObject({ code: 1, err: expect.stringContaining('is not there') }) // prettier-ignore
    expect(await dump('--deep-iteration')).toMatchObject({ code: 1, err: expect.stringContaining('[files]') })
    expect(await dump('--files', at(`${first}.log`), '--value-decoder-class', 'com.example.Mine')).toMatchObject({ code: 1, err: expect.stringContaining('Java class') }) // prettier-ignore
  })
})
