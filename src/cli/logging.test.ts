import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Fault } from '../base/faults.ts'
import { rolledFile } from './log-destinations.ts'
import { flumeConsole, flumeFile, kafkaLine, type Line } from './log-layouts.ts'
import { openLog } from './logging.ts'

const line: Line = {
  timeMs: new Date(2026, 10, 2, 4, 5, 6, 7).getTime(),
  level: 'INFO',
  name: 'NetcatSource',
  message: 'Source starting',
  fields: {},
}

describe('layouts', () => {
  it("are Flume's and Kafka's", () => {
    expect(flumeConsole(line)).toBe('2026-11-02 04:05:06,007 (main) [INFO - NetcatSource] Source starting\n')
    expect(flumeFile(line)).toBe('02 Nov 2026 04:05:06,007 INFO  [main] (NetcatSource)  - Source starting\n')
    expect(kafkaLine(line)).toBe('[2026-11-02 04:05:06,007] INFO Source starting (NetcatSource)\n')
  })

  it('put behind the message what it does not say already', () => {
    const gone = Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' })
    const fields = {
      port: 44_444,
      path: '/a/b',
      list: [1, 2],
      fault: new Fault('PORT_IN_USE', { address: 'h:1' }),
      gone,
    }
    expect(flumeConsole({ ...line, message: 'Port 44444.', fields })).toContain(
      '] Port 44444. path=/a/b list=[ 1, 2 ] fault=h:1 is already in use (Stop the program that listens there, or choose another port.) gone=ENOENT: no such file\n',
    )
    expect(flumeConsole({ ...line, fields: { error: new TypeError('odd') } })).toContain('\n        at ')
  })

  it('let no text from outside pass for a line or reach the terminal', () => {
    const text = flumeConsole({ ...line, message: 'a\n2026-11-02 forged\u001B[2J\r' })
    expect(text.split('\n').filter((l) => l.startsWith('2026'))).toHaveLength(1)
    expect(text).toContain('\n    2026-11-02 forged\\x1b[2J\\x0d')
  })
})

describe('openLog', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-log-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const said = (name: string): string => readFileSync(join(folder, name), 'utf8')

  it('writes the file layout into a file, from the level asked for', async () => {
    const log = await openLog({ layout: 'flume', level: 'warn', to: { file: join(folder, 'logs', 'flume.log') } })
    log.info('not this')
    log.named('k1').error('but this', { count: 2 })
    log.close()
    expect(said('logs/flume.log')).toMatch(
      /^\d\d \w{3} \d{4} [\d:]+,\d{3} ERROR \[main\] \(k1\) {2}- but this count=2\n$/,
    )
  })

  it("writes pino's JSON, the part's name once", async () => {
    const log = await openLog({ layout: 'json', to: [{ file: join(folder, 'a') }, { file: join(folder, 'b') }] })
    log.named('r1').warn('held', { events: 3 })
    log.close()
    expect(JSON.parse(said('a'))).toMatchObject({ level: 40, name: 'r1', msg: 'held', events: 3 })
    expect(said('a').match(/"name"/g)).toHaveLength(1)
    expect(said('b')).toBe(said('a'))
  })
})

describe('a line about an error', () => {
  it('does not say again what its sentence quotes, and leaves no hint out', () => {
    const error = new Fault('PORT_IN_USE', { address: 'h:1' })
    const line = (message: string): string =>
      flumeConsole({ timeMs: 0, level: 'WARN', name: 'r1', message, fields: { error } }).replace(/^.*\] /, '')
    const hint = 'Stop the program that listens there, or choose another port.'
    expect(line('No: h:1 is already in use.')).toBe(`No: h:1 is already in use. (${hint})\n`)
    expect(line(`No: h:1 is already in use. ${hint}`)).toBe(`No: h:1 is already in use. ${hint}\n`)
    expect(line('No.')).toBe(`No. error=h:1 is already in use (${hint})\n`)
  })

  it('that should not be says where it came from', () => {
    const error = new Error('it broke')
    const line = (message: string): string =>
      flumeConsole({ timeMs: 0, level: 'WARN', name: 'r1', message, fields: { error } })
    expect(line('Source r1: it broke.')).toMatch(/\] Source r1: it broke\.\n {8}at .*logging\.test/)
    expect(line('Source r1.')).toMatch(/\] Source r1\. error=Error: it broke\n {8}at .*logging\.test/)
  })
})

describe('rolledFile', () => {
  it('goes on in the same file where it cannot roll, and touches no other', () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-roll-'))
    mkdirSync(join(folder, 'f.1', 'in the way'), { recursive: true })
    const file = rolledFile({ file: join(folder, 'f'), bytesMax: 10, filesMax: 1 })
    file.write('0123456789\n')
    file.write('a\n')
    const other = openSync(join(folder, 'other'), 'w')
    for (let n = 0; n < 20; n++) file.write('0123456789\n')
    writeSync(other, 'mine')
    closeSync(other)
    expect(readFileSync(join(folder, 'f'), 'utf8')).toBe(`0123456789\na\n${'0123456789\n'.repeat(20)}`)
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('mine')
    file.close()
    rmSync(folder, { recursive: true })
  })

  it('keeps so many older files of so many bytes, newest first', () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-roll-'))
    const file = rolledFile({ file: join(folder, 'f'), bytesMax: 10, filesMax: 2 })
    for (const n of [1, 2, 3, 4]) file.write(`line ${n} ....\n`)
    file.close()
    expect(readdirSync(folder).toSorted()).toEqual(['f', 'f.1', 'f.2'])
    expect(['f', 'f.1', 'f.2'].map((f) => readFileSync(join(folder, f), 'utf8').slice(0, 6))).toEqual([
      'line 4',
      'line 3',
      'line 2',
    ])
    rmSync(folder, { recursive: true })
  })
})
