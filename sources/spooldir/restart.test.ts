/** Stop, kill and crash at every point: a file is gone on with inside, nothing is lost, and only what had not settled comes again. */
import * as fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/fakes/random.ts'
import { until } from '../../test/fakes/until.ts'
import type { FileSourceRig } from '../../test/support/file-source.ts'
import { spoolRig } from '../../test/support/spooldir.ts'
import { bodies, lines } from '../../test/support/taildir.ts'

const tracker = '.flumespool/.millrace-spool.json'

const tracked = (rig: FileSourceRig): { file: string; pos: number }[] =>
  JSON.parse(rig.exists(tracker) ? rig.read(tracker) : '[]') as { file: string; pos: number }[]

describe('restart', () => {
  it('goes on inside a file, where everything had settled', async () => {
    await using rig = spoolRig({ batchSize: '4' })
    rig.write('a', lines(0, 12))
    const run = await rig.start({}, { settling: false })
    await run.has(12)
    run.settle(2)
    await until(() => tracked(rig)[0]?.pos === lines(0, 8).length, 'the position to be stored')
    await run.kill()
    const again = await rig.start()
    await again.has(4)
    await again.stop()
    expect(again.lines).toEqual(bodies(8, 12))
    expect(rig.exists('a.COMPLETED')).toBe(true)
    expect(tracked(rig)).toEqual([])
  })

  it('only retires a file that had settled wholly', async () => {
    await using rig = spoolRig()
    rig.write('a', lines(0, 3))
    fs.mkdirSync(rig.path('.flumespool'))
    const { ino: inode, size, mtimeMs: modifiedMs } = fs.statSync(rig.path('a'))
    rig.write(tracker, JSON.stringify([{ file: rig.path('a'), inode, size, modifiedMs, pos: size }]))
    const run = await rig.start()
    await until(() => rig.exists('a.COMPLETED'))
    expect(run.lines).toEqual([])
  })

  it('takes another file of the same name for new', async () => {
    await using rig = spoolRig()
    fs.mkdirSync(rig.path('.flumespool'))
    rig.write('a', lines(0, 3))
    const { ino: inode, size } = fs.statSync(rig.path('a'))
    rig.write(tracker, JSON.stringify([{ file: rig.path('a'), inode, size, modifiedMs: 1, pos: size }]))
    const run = await rig.start()
    await run.has(3)
    expect(run.lines).toEqual(bodies(0, 3))
  })

  it('goes on where Flume stopped inside a file', async () => {
    await using rig = spoolRig()
    rig.write('a', lines(0, 10))
    fs.mkdirSync(rig.path('.flumespool'))
    const { default: avro } = await import('avsc')
    const type = avro.Type.forSchema({
      type: 'record',
      name: 'TransferStateFileMeta',
      namespace: 'org.apache.flume.serialization',
      fields: [{ name: 'offset', type: 'long' }],
    })
    const options = { codec: 'null', metadata: { file: Buffer.from(rig.path('a')) } }
    const encoder = new avro.streams.BlockEncoder(type, options)
    const chunks: Buffer[] = []
    encoder.on('data', (chunk: Buffer) => chunks.push(chunk))
    const ended = new Promise((resolve) => void encoder.on('end', resolve))
    encoder.write({ offset: lines(0, 2).length })
    encoder.write({ offset: lines(0, 6).length })
    encoder.end()
    await ended
    rig.write('.flumespool/.flumespool-main.meta', Buffer.concat(chunks))
    const run = await rig.start()
    await run.has(4)
    expect(run.lines).toEqual(bodies(6, 10))
    expect(rig.exists('.flumespool/.flumespool-main.meta')).toBe(false)
  })

  it('reads a file from its beginning when Flume’s tracker is broken, and says so', async () => {
    await using rig = spoolRig()
    rig.write('a', lines(0, 3))
    fs.mkdirSync(rig.path('.flumespool'))
    rig.write('.flumespool/.flumespool-main.meta', 'no Avro at all')
    const run = await rig.start()
    await run.has(3)
    expect(run.context.log.of('warn')[0]).toContain("Flume's tracker")
  })

  it.each(Array.from({ length: 30 }, (_, i) => i + 1))(
    'loses nothing and repeats what it may, seed %i',
    async (seed) => {
      const random = seededRandom(seed)
      await using rig = spoolRig({ batchSize: '3' })
      const arrived = new Map<string, number>()
      const mayRepeat = new Set<string>()
      let written = 0
      let crashed = false
      for (let round = 0; round < 12; round++) {
        for (let files = random.below(4); files > 0; files--) {
          const count = random.below(12)
          rig.write('.coming', lines(written, written + count))
          rig.rename('.coming', `f${String(round * 10 + files)}`)
          written += count
        }
        const run = await rig.start({}, { settling: false, aheadMax: 10 })
        for (let turns = random.below(60); turns > 0; turns--) {
          if (random.chance(0.3)) run.settle(1)
          await new Promise((resolve) => void setImmediate(resolve))
        }
        const stored = rig.exists(tracker) ? rig.read(tracker) : undefined
        const how = random.pick(['stop', 'kill', 'crash'])
        await (how === 'stop' ? run.stop() : run.kill())
        for (const line of run.unsettledLines) mayRepeat.add(line)
        for (const line of run.lines) arrived.set(line, (arrived.get(line) ?? 0) + 1)
        if (how !== 'crash') continue
        crashed = true
        if (stored !== undefined) rig.write(tracker, stored)
      }
      const last = await rig.start()
      await until(() => fs.readdirSync(rig.folder).every((name) => name.endsWith('.COMPLETED') || name.startsWith('.')))
      for (const line of last.lines) arrived.set(line, (arrived.get(line) ?? 0) + 1)
      expect(bodies(0, written).filter((line) => !arrived.has(line))).toEqual([])
      const wrong = [...arrived].filter(([line, times]) => times > 1 && !mayRepeat.has(line))
      if (!crashed) expect(wrong).toEqual([])
    },
  )
})
