import { expect, test } from 'vitest'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { LogFile, OpenFiles } from './open-files.ts'

const many = (disk: FakeDisk, count: number, limit: number): LogFile[] => {
  const files = new OpenFiles(disk, limit)
  return Array.from({ length: count }, (_, i) => {
    disk.plant(`/${i}`, Buffer.from(`${i}`))
    return new LogFile(files, `/${i}`)
  })
}

const text = (file: LogFile): string => {
  const into = Buffer.alloc(10)
  return into.toString('utf8', 0, file.read(into, 0, 10, 0))
}

test('more files than may be open are used in turn, those used lately staying open', () => {
  const disk = new FakeDisk()
  const files = many(disk, 100, 16)
  for (let round = 0; round < 3; round++)
    for (const [i, file] of files.entries()) {
      expect(text(file)).toBe(`${i}`)
      expect(disk.openFiles).toBeLessThanOrEqual(16)
    }
  let opens = 0
  const open = disk.open.bind(disk)
  disk.open = (path, flag) => {
    opens++
    return open(path, flag)
  }
  for (const file of files.slice(-8)) text(file)
  expect(opens).toBe(0)
})

test('a file that is being synced is not closed under the sync', async () => {
  const disk = new FakeDisk()
  const [first, ...others] = many(disk, 40, 8)
  const synced = first?.sync()
  for (const file of others) text(file)
  first?.close()
  await synced
  expect(first === undefined ? '' : text(first)).toBe('0')
  for (const file of [first, ...others]) file?.close()
  expect(disk.openFiles).toBe(0)
})

test('where the process may not have more files open, the log makes room and lives with fewer', () => {
  const disk = new FakeDisk()
  const files = many(disk, 60, 1000)
  const open = disk.open.bind(disk)
  disk.open = (path, flag) => {
    if (disk.openFiles >= 20)
      throw Object.assign(new Error(`EMFILE: too many open files, open '${path}'`), { code: 'EMFILE' })
    return open(path, flag)
  }
  for (const [i, file] of files.entries()) expect(text(file)).toBe(`${i}`)
  expect(disk.openFiles).toBeLessThan(20)
})

test('thousands of syncs at once run a few at a time', async () => {
  const disk = new FakeDisk()
  const files = many(disk, 200, 16)
  let [running, most] = [0, 0]
  const sync = disk.sync.bind(disk)
  disk.sync = async (fd) => {
    most = Math.max(most, ++running)
    await sync(fd)
    running--
  }
  await Promise.all(files.map((file) => file.sync()))
  expect(most).toBe(32)
  expect(disk.openFiles).toBeLessThanOrEqual(40)
})
