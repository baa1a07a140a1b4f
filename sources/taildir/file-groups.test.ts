import { describe, expect, it } from 'vitest'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { noHeaders } from '../../src/flow/event.ts'
import { FileGroups, type FileGroup } from './file-groups.ts'

const group = (folder: string, pattern: RegExp): FileGroup => ({
  name: 'g',
  folder,
  pattern,
  text: '',
  headers: noHeaders,
})

const rig = (cache: boolean) => {
  let now = 1_000_000
  let folderMs = now
  const disk = new FakeDisk({ now: () => now })
  disk.plant('/logs/a', Buffer.from('x'))
  const stat = disk.stat.bind(disk)
  disk.stat = (path) => {
    const found = stat(path)
    return found?.isDirectory === true ? { ...found, modifiedMs: folderMs } : found
  }
  let lists = 0
  const list = disk.list.bind(disk)
  disk.list = (path) => {
    lists++
    return list(path)
  }
  const troubles: (string | undefined)[] = []
  const options = {
    disk,
    now: () => now,
    cache,
    isOwn: () => false,
    onFolder: (_: string, p?: string) => troubles.push(p),
  }
  const groups = new FileGroups([group('/logs', /^[a-c]$/)], options)
  return {
    disk,
    groups,
    troubles,
    add(name: string, plus: number) {
      now += plus
      folderMs = now
      disk.plant(`/logs/${name}`, Buffer.from('x'))
    },
    wait: (ms: number) => void (now += ms),
    names: () => groups.find().map((file) => file.path),
    get lists() {
      return lists
    },
  }
}

describe('FileGroups', () => {
  it('finds what matches, written to longest ago first', () => {
    const at = rig(true)
    at.add('c', 10)
    at.add('b', 10)
    at.add('d', 10)
    expect(at.names()).toEqual(['/logs/a', '/logs/c', '/logs/b'])
  })

  it('lists a folder again only when its time has changed or is too young to be trusted', () => {
    const at = rig(true)
    at.names()
    at.names()
    expect(at.lists).toBe(2)
    at.wait(5000)
    at.names()
    at.names()
    expect(at.lists).toBe(3)
    at.add('b', 1)
    expect(at.names()).toEqual(['/logs/a', '/logs/b'])
  })

  it('lists it every time where caching is off', () => {
    const at = rig(false)
    at.wait(5000)
    at.names()
    at.names()
    expect(at.lists).toBe(2)
  })

  it('says once that a folder cannot be listed, and once that it can again', () => {
    const at = rig(false)
    at.disk.fail('list', 'EACCES', { times: 3 })
    for (let i = 0; i < 3; i++) expect(at.names()).toEqual([])
    expect(at.groups.isListed('/logs')).toBe(false)
    expect(at.names()).toEqual(['/logs/a'])
    expect(at.troubles).toEqual(['EACCES', undefined])
  })

  it('leaves out names that cannot be looked at', () => {
    const at = rig(false)
    at.disk.fail('stat', 'EACCES', { path: '/logs/a' })
    expect(at.names()).toEqual([])
    expect(at.names()).toEqual(['/logs/a'])
  })
})
