import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Template } from '../../src/formats/escapes.ts'
import { openElsewhere } from '../../src/io/open-elsewhere.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { finishLeftovers } from './leftovers.ts'

const names = { inUsePrefix: '', inUseSuffix: '.tmp', suffix: '' }

const after = (template: string, planted: Record<string, string>, options = {}, open: readonly string[] = []) => {
  const disk = new FakeDisk()
  for (const [path, content] of Object.entries(planted)) disk.plant(path, Buffer.from(content))
  const context = fakeContext({ disk })
  const whole = new Template(template, { timeZone: 'UTC' })
  finishLeftovers(
    { template: whole, names, openElsewhere: (paths) => new Set(paths.filter((p) => open.includes(p))), ...options },
    context,
  )
  return { disk, log: context.log, left: Object.keys(planted).filter((path) => disk.stat(path) !== undefined) }
}

describe('files that a crash left in use', () => {
  it('get their names, wherever the path may have put them', () => {
    const left = '/logs/web1/2026-11-20/FlumeData.1763661907001.tmp'
    const { disk, log } = after('/logs/%{host}/%Y-%m-%d/FlumeData', { [left]: 'a' })
    expect(disk.bytes(left.slice(0, -4))?.toString()).toBe('a')
    expect(disk.stat(left)).toBeUndefined()
    expect(log.of('info')).toHaveLength(1)
  })

  it('are found under the in-use marks and the suffix that the file says', () => {
    const marks = { names: { inUsePrefix: '_', inUseSuffix: '.part', suffix: '.log' } }
    const { disk } = after('/x/web-%{h}', { '/x/_web-a.1763661907001.log.part': 'a' }, marks)
    expect(disk.bytes('/x/web-a.1763661907001.log')?.toString()).toBe('a')
  })

  it('are found where a missing header left out a part of the path', () => {
    const { disk } = after('/x/%{none}/FlumeData', { '/x/FlumeData.1763661907001.tmp': 'a' })
    expect(disk.bytes('/x/FlumeData.1763661907001')?.toString()).toBe('a')
  })

  it('are left alone when another path, prefix or program made them', () => {
    const foreign = {
      '/x/2026/Other.1763661907001.tmp': 'a',
      '/x/2026/FlumeData.17.tmp': 'a',
      '/x/2026/FlumeData.1763661907001.tmp.bak': 'a',
      '/x/20267/FlumeData.1763661907001.tmpx': 'a',
      '/x/y/FlumeData.1763661907001.tmp': 'a',
      '/x/2026/sub/FlumeData.1763661907001.tmp': 'a',
      '/x/2026/FlumeData.1763661907001': 'a',
    }
    expect(after('/x/%Y/FlumeData', foreign).left).toEqual(Object.keys(foreign))
  })

  it('are left alone while a process has them open', () => {
    const path = '/x/FlumeData.1763661907001.tmp'
    const { left, log } = after('/x/FlumeData', { [path]: 'a' }, {}, [path])
    expect(left).toEqual([path])
    expect(log.of('info').join()).toContain('left alone')
  })

  it('replace no file that has the name', () => {
    const path = '/x/FlumeData.1763661907001.tmp'
    const { disk, left, log } = after('/x/FlumeData', { [path]: 'new', '/x/FlumeData.1763661907001': 'old' })
    expect(left).toHaveLength(2)
    expect(disk.bytes('/x/FlumeData.1763661907001')?.toString()).toBe('old')
    expect(log.of('warn')).toHaveLength(1)
  })

  it('are removed when nothing is in them', () => {
    const { disk, log } = after('/x/FlumeData', { '/x/FlumeData.1763661907001.tmp': '' })
    expect(disk.list('/x')).toEqual([])
    expect(log.lines).toEqual([])
  })

  it('are not looked for without in-use marks, nor missed when the folder is not there yet', () => {
    const unmarked = { names: { inUsePrefix: '', inUseSuffix: '', suffix: '' } }
    expect(after('/x/FlumeData', { '/x/FlumeData.1763661907001': 'a' }, unmarked).left).toHaveLength(1)
    expect(after('/not/there/%Y/FlumeData', {}).log.lines).toEqual([])
  })
})

describe('openElsewhere', () => {
  it('sees which files a process has open', () => {
    const folder = mkdtempSync(join(tmpdir(), 'open-elsewhere-'))
    try {
      const [open, closed] = [join(folder, 'open'), join(folder, 'closed')]
      for (const path of [open, closed]) writeFileSync(path, '')
      const fd = openSync(open, 'r')
      const seen = openElsewhere([open, closed, join(folder, 'missing')])
      closeSync(fd)
      expect([...seen]).toEqual(process.platform === 'linux' ? [open] : [])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
