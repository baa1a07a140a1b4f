import { expect, test } from 'vitest'
import { FakeClock } from './clock.ts'
import { DiskCrashed, FakeDisk } from './disk.ts'
import { seededRandom } from './random.ts'
import { until } from './until.ts'

const text = (disk: FakeDisk, path: string): string | undefined => disk.bytes(path)?.toString()

const written = (disk: FakeDisk, path: string, content: string): number => {
  const fd = disk.open(path, 'a')
  disk.write(fd, Buffer.from(content), 0, content.length, null)
  return fd
}

test('a process that dies leaves the page cache, a power cut only what was synced', async () => {
  for (let seed = 1; seed < 40; seed++) {
    const disk = new FakeDisk({ seed })
    disk.makeFolder('/d')
    const fd = written(disk, '/d/f', 'kept')
    await disk.sync(fd)
    disk.syncFolder('/d')
    disk.write(fd, Buffer.from('maybe'), 0, 5, null)
    disk.restart('process')
    expect(text(disk, '/d/f')).toBe('keptmaybe')
    disk.restart('power')
    expect(text(disk, '/d/f')?.slice(0, 4)).toBe('kept')
    expect(text(disk, '/d/f')?.length).toBeLessThanOrEqual(9)
  }
})

test('a rename that no folder sync followed may be undone, a synced one not', () => {
  const seen = new Set<string>()
  for (let seed = 1; seed < 40; seed++) {
    const disk = new FakeDisk({ seed })
    disk.plant('/d/old', Buffer.from('x'))
    disk.rename('/d/old', '/d/new')
    disk.restart('power')
    seen.add(disk.list('/d').join())
    disk.plant('/e/old', Buffer.from('x'))
    disk.rename('/e/old', '/e/new')
    disk.syncFolder('/e')
    disk.restart('power')
    expect(disk.list('/e')).toEqual(['new'])
  }
  expect([...seen].sort()).toEqual(['new', 'old'])
})

test('a full disk stores what fits, then refuses', () => {
  const disk = new FakeDisk({ capacityBytes: 6 })
  const fd = disk.open('/f', 'w')
  expect(disk.write(fd, Buffer.from('12345678'), 0, 8, null)).toBe(6)
  expect(() => disk.write(fd, Buffer.from('78'), 0, 2, null)).toThrow('ENOSPC')
  disk.truncate(fd, 2)
  expect(text(disk, '/f')).toBe('12')
})

test('a planned crash tears the write and stops all that follows until the restart', () => {
  const disk = new FakeDisk({ seed: 3 })
  const fd = disk.open('/f', 'w')
  disk.crashIn(1)
  expect(() => disk.write(fd, Buffer.from('12345678'), 0, 8, null)).toThrow(DiskCrashed)
  expect(() => disk.list('/')).toThrow(DiskCrashed)
  disk.restart('process')
  expect('12345678'.startsWith(text(disk, '/f') ?? '?')).toBe(true)
})

test('planned failures hit the named call on the named path only', async () => {
  const disk = new FakeDisk()
  disk.fail('sync', 'EIO', { path: 'bad' })
  const [good, bad] = [written(disk, '/good', 'x'), written(disk, '/bad', 'x')]
  await disk.sync(good)
  await expect(disk.sync(bad)).rejects.toThrow('EIO')
  await disk.sync(bad)
})

test('a power cut loses any pages that no sync covered, and volumes on their own', () => {
  const [pages, names] = [new Set<string>(), new Set<string>()]
  for (let seed = 1; seed < 80; seed++) {
    const disk = new FakeDisk({ seed, volumes: ['/a', '/b'] })
    disk.plant('/a/f', Buffer.alloc(2048))
    disk.plant('/b/g', Buffer.alloc(0))
    const fd = disk.open('/a/f', 'r+')
    for (let page = 0; page < 4; page++) disk.write(fd, Buffer.alloc(512, 1), 0, 512, page * 512)
    disk.unlink('/b/g')
    disk.rename('/a/f', '/a/h')
    disk.restart('power')
    const bytes = disk.bytes('/a/h') ?? disk.bytes('/a/f')
    pages.add([0, 1, 2, 3].map((page) => bytes?.[page * 512]).join(''))
    names.add([...disk.list('/a'), ...disk.list('/b')].join())
  }
  expect(pages.has('0101') || pages.has('1010') || pages.has('0110')).toBe(true)
  expect([...names].toSorted()).toEqual(['f', 'f,g', 'h', 'h,g'])
})

test('a sync that fails leaves pages that the next sync does not make good', async () => {
  const kept = new Set<string | undefined>()
  for (let seed = 1; seed < 40; seed++) {
    const disk = new FakeDisk({ seed })
    const fd = written(disk, '/f', 'lost')
    disk.syncFolder('/')
    disk.fail('sync', 'EIO')
    await expect(disk.sync(fd)).rejects.toThrow('EIO')
    await disk.sync(fd)
    expect(text(disk, '/f')).toBe('lost')
    disk.restart('power')
    kept.add(text(disk, '/f'))
  }
  expect(kept.has('')).toBe(true)
})

test('the clock fires timers in order as it is moved, and sleeps end early on abort', async () => {
  const clock = new FakeClock(1000)
  const fired: string[] = []
  clock.after(20, () => fired.push(`b ${clock.now()}`))
  clock.after(10, () => {
    fired.push(`a ${clock.now()}`)
    clock.after(5, () => fired.push(`c ${clock.now()}`))
  })
  clock.after(15, () => fired.push('never'))[Symbol.dispose]()
  clock.advance(19)
  expect(fired).toEqual(['a 1010', 'c 1015'])
  clock.advance(1)
  expect(fired.at(-1)).toBe('b 1020')
  const stop = new AbortController()
  const sleeping = clock.sleep(1e9, stop.signal)
  stop.abort()
  await sleeping
  expect(clock.waiting).toBe(0)
})

test('the same seed gives the same choices', () => {
  const [one, two] = [seededRandom(7), seededRandom(7)]
  expect(Array.from({ length: 20 }, () => one.below(100))).toEqual(Array.from({ length: 20 }, () => two.below(100)))
})

test('until says what it waited for in vain', async () => {
  let turns = 0
  await until(() => ++turns > 3)
  await expect(until(() => false, 'a miracle', 5)).rejects.toThrow('a miracle')
})
