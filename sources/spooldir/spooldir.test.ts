import * as fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { until } from '../../test/fakes/until.ts'
import type { FileSourceRig } from '../../test/support/file-source.ts'
import { spoolRig } from '../../test/support/spooldir.ts'
import { bodies, lines } from '../../test/support/taildir.ts'
import { valuesOf } from '../../test/support/values.ts'
import { spooldir } from './spooldir.ts'

const names = (rig: FileSourceRig): string[] =>
  fs
    .readdirSync(rig.folder)
    .filter((name) => !name.startsWith('.'))
    .toSorted()

/** A file with a time of change, in seconds. */
const writeAt = (rig: FileSourceRig, name: string, text: string, seconds: number): void => {
  rig.write(name, text)
  fs.utimesSync(rig.path(name), seconds, seconds)
}

describe('spooldir', () => {
  it('reads each file once, the oldest first, and renames it', async () => {
    await using rig = spoolRig({ batchSize: '4' })
    writeAt(rig, 'b', lines(0, 6), 1000)
    writeAt(rig, 'c', lines(8, 10), 2000)
    writeAt(rig, 'a', lines(6, 8), 2000)
    const run = await rig.start()
    await run.has(10)
    rig.write('d', lines(10, 12))
    await run.has(12)
    await run.stop()
    expect(run.lines).toEqual(bodies(0, 12))
    expect(run.batches.map((b) => b.length)).toEqual([4, 2, 2, 2, 2])
    expect(names(rig)).toEqual(['a.COMPLETED', 'b.COMPLETED', 'c.COMPLETED', 'd.COMPLETED'])
  })

  it('cuts lines as Flume does: the return stays, long lines go on in the next event, the last line needs no end', async () => {
    await using rig = spoolRig({ 'deserializer.maxLineLength': '20' })
    rig.write('f', 'line1\r\nline2\nlonger than twenty characters here\nlast-no-nl')
    const run = await rig.start()
    await run.has(5)
    expect(run.lines).toEqual(['line1\r', 'line2', 'longer than twenty c', 'haracters here', 'last-no-nl'])
    expect(run.context.log.of('warn')).toHaveLength(1)
  })

  it('measures lines in characters and tears none; a line of just the limit is one event', async () => {
    await using rig = spoolRig({ 'deserializer.maxLineLength': '4' })
    rig.write('f', 'äöüß\n漢字かなカ\nabcd\n1234567890')
    const run = await rig.start()
    await run.has(7)
    expect(run.lines).toEqual(['äöüß', '漢字かな', 'カ', 'abcd', '1234', '5678', '90'])
  })

  it('makes no event of an empty file, and retires it', async () => {
    await using rig = spoolRig()
    rig.write('empty', '')
    rig.write('full', '\n')
    const run = await rig.start()
    await until(() => names(rig).join() === 'empty.COMPLETED,full.COMPLETED', 'both files to be retired')
    expect(run.lines).toEqual([''])
  })

  it('retires a file only when its last receipt has settled, and reads the next meanwhile', async () => {
    await using rig = spoolRig({ batchSize: '2' })
    writeAt(rig, 'a', lines(0, 4), 1000)
    writeAt(rig, 'b', lines(4, 8), 2000)
    const run = await rig.start({}, { settling: false })
    await run.has(8)
    expect(names(rig)).toEqual(['a', 'b'])
    run.settle(1)
    await new Promise((resolve) => void setImmediate(resolve))
    expect(names(rig)).toEqual(['a', 'b'])
    run.settle(1)
    await until(() => names(rig).join() === 'a.COMPLETED,b')
    run.settle()
    await until(() => names(rig).join() === 'a.COMPLETED,b.COMPLETED')
  })

  it('deletes, or marks in the tracker folder, where told', async () => {
    await using deleting = spoolRig({ deletePolicy: 'IMMEDIATE' })
    deleting.write('a', lines(0, 2))
    await (await deleting.start()).has(2)
    await until(() => names(deleting).length === 0)

    await using tracking = spoolRig({ trackingPolicy: 'tracker_dir', recursiveDirectorySearch: 'true' })
    fs.mkdirSync(tracking.path('sub'))
    tracking.write('sub/a', lines(0, 2))
    const run = await tracking.start()
    await run.has(2)
    await until(() => tracking.exists('.flumespool/sub/a.COMPLETED'))
    tracking.write('b', lines(2, 3))
    await run.has(3)
    await run.stop()
    const again = await tracking.start()
    tracking.write('c', lines(3, 4))
    await again.has(1)
    expect(again.lines).toEqual(bodies(3, 4))
    expect(names(tracking)).toEqual(['b', 'c', 'sub'])
  })

  it('takes what the patterns let through: whole names, ignoring wins, hidden and finished files never', async () => {
    await using rig = spoolRig({
      includePattern: '.*\\.log',
      ignorePattern: 'x.*',
      recursiveDirectorySearch: 'true',
    })
    for (const folder of ['sub', 'xsub', '.hidden']) fs.mkdirSync(rig.path(folder))
    const files = [
      'a.log',
      'xa.log',
      'a.log.gz',
      '.a.log',
      'b.log.COMPLETED',
      'sub/c.log',
      'xsub/d.log',
      '.hidden/e.log',
    ]
    for (const file of files) rig.write(file, `${file}\n`)
    const run = await rig.start()
    await run.has(2)
    await run.stop()
    expect(run.lines.toSorted()).toEqual(['a.log', 'sub/c.log'])
  })

  it('does not look below unless told', async () => {
    await using rig = spoolRig()
    fs.mkdirSync(rig.path('sub'))
    rig.write('sub/a', lines(0, 1))
    rig.write('b', lines(1, 2))
    const run = await rig.start()
    await run.has(1)
    await run.stop()
    expect(run.lines).toEqual(bodies(1, 2))
  })

  it('takes the youngest first, or any order, where told', async () => {
    for (const [order, expected] of [
      ['youngest', ['2', '1', '0']],
      ['random', undefined],
    ] as const) {
      await using rig = spoolRig({ consumeOrder: order })
      for (let i = 0; i < 3; i++) writeAt(rig, String(i), `${i}\n`, 1000 + i)
      const run = await rig.start()
      await run.has(3)
      expect(expected === undefined ? run.lines.toSorted() : run.lines).toEqual(expected ?? ['0', '1', '2'])
    }
  })

  it('adds the headers for path and name, under their keys', async () => {
    await using rig = spoolRig({ fileHeader: 'true', basenameHeader: 'true', basenameHeaderKey: 'name' })
    rig.write('a', lines(0, 2))
    const run = await rig.start()
    await run.has(2)
    expect(run.events[0]?.headers).toEqual({ file: rig.path('a'), name: 'a' })
    expect(run.events[1]?.headers).toBe(run.events[0]?.headers)
  })

  it('knows what is not there yet, and what does not go together', () => {
    const parse = (given: Record<string, string>) => valuesOf(spooldir.settings, { spoolDir: '/x', ...given })
    expect(() => parse({ deserializer: 'AVRO' })).toThrow('not there yet')
    expect(() => parse({ deserializer: 'org.apache.flume.sink.solr.morphline.BlobDeserializer$Builder' })).toThrow(
      'not there yet',
    )
    expect(() => parse({ deserializer: 'lines' })).toThrow('LINE is')
    expect(() => parse({ inputCharset: 'UTF-16LE' })).toThrow('not there yet')
    expect(() => parse({ inputCharset: 'klingon' })).toThrow('no character set')
    const both = parse({ trackingPolicy: 'tracker_dir', deletePolicy: 'immediate' })
    expect(spooldir.check?.(both)).toMatchObject([{ level: 'fault', setting: 'trackingPolicy' }])
  })
})

describe('character sets', () => {
  const bytes = Buffer.from('caf\xe9\n\xff\xfe\0ok\n', 'latin1')
  const read = async (settings: Record<string, string>): Promise<string[]> => {
    await using rig = spoolRig(settings)
    rig.write('f', bytes)
    const run = await rig.start()
    await run.has(2)
    return run.events.map((event) => Buffer.from(event.body).toString('latin1'))
  }

  it('pass bytes unchanged unless told otherwise', async () => {
    expect(await read({})).toEqual(['caf\xe9', '\xff\xfe\0ok'])
    expect(await read({ inputCharset: 'US-ASCII' })).toEqual(['caf\xe9', '\xff\xfe\0ok'])
  })

  it('replace or leave out what is no character', async () => {
    const replaced = Buffer.from('\ufffd').toString('latin1')
    expect(await read({ decodeErrorPolicy: 'replace' })).toEqual([`caf${replaced}`, `${replaced}${replaced}\0ok`])
    expect(await read({ decodeErrorPolicy: 'IGNORE' })).toEqual(['caf', '\0ok'])
  })

  it('turn other sets into UTF-8, or into what is told', async () => {
    const utf8 = Buffer.from('café').toString('latin1')
    expect((await read({ inputCharset: 'ISO-8859-1' }))[0]).toBe(utf8)
    expect((await read({ inputCharset: 'windows-1252' }))[0]).toBe(utf8)
    expect((await read({ inputCharset: 'ISO-8859-1', 'deserializer.outputCharset': 'ISO-8859-1' }))[0]).toBe('caf\xe9')
  })
})
