import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { realDisk } from './disk.ts'

const large = Buffer.from(Uint8Array.from({ length: 300_001 }, (_, i) => (i * 31) % 251))

const written = (work: (fd: number) => void): Buffer => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-disk-'))
  try {
    const fd = realDisk.open(join(folder, 'file'), 'w+')
    work(fd)
    realDisk.close(fd)
    return readFileSync(join(folder, 'file'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

it('writes what is larger than one call takes whole and in order, at a position', () => {
  const all = written((fd) => {
    realDisk.write(fd, Buffer.from('head'), 0, 4, 0)
    expect(realDisk.write(fd, large, 1, large.length - 2, 4)).toBe(large.length - 2)
  })
  expect(all.equals(Buffer.concat([Buffer.from('head'), large.subarray(1, -1)]))).toBe(true)
})

it('writes it where the last write ended, without a position', () => {
  const all = written((fd) => {
    expect(realDisk.write(fd, large, 0, large.length, null)).toBe(large.length)
    expect(realDisk.write(fd, large, 0, large.length, null)).toBe(large.length)
  })
  expect(all.equals(Buffer.concat([large, large]))).toBe(true)
})

it('throws when nothing could be written', () => {
  const fd = realDisk.open('/dev/null', 'r')
  expect(() => realDisk.write(fd, large, 0, large.length, 0)).toThrow('EBADF')
  realDisk.close(fd)
})

it('makes a folder with its parents, and says where none can be made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-disk-'))
  realDisk.makeFolder(join(folder, 'a', 'b'))
  realDisk.makeFolder(join(folder, 'a', 'b'))
  expect(realDisk.stat(join(folder, 'a', 'b'))?.isDirectory).toBe(true)
  writeFileSync(join(folder, 'file'), '')
  expect(() => realDisk.makeFolder(join(folder, 'file'))).toThrow('EEXIST')
  expect(() => realDisk.makeFolder(join(folder, 'file', 'a'))).toThrow('ENOTDIR')
  expect(() => realDisk.makeFolder('/proc/none/such')).toThrow(/ENOENT|EACCES|EROFS/)
  rmSync(folder, { recursive: true })
})
