import { describe, expect, it } from 'vitest'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { AppendFile } from './append-file.ts'

const bytes = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text))

const contents = (disk: FakeDisk, path: string): string => {
  const into = Buffer.alloc(disk.stat(path)?.size ?? 0)
  const fd = disk.open(path, 'r')
  disk.read(fd, into, 0, into.length, 0)
  disk.close(fd)
  return into.toString()
}

describe('append file', () => {
  it('writes everything, however little the disk takes at once', () => {
    const disk = new FakeDisk({ shortWrites: 0.9, seed: 5 })
    const file = AppendFile.create(disk, '/f')
    const pieces = Array.from({ length: 3000 }, (_, i) => Buffer.from(`piece ${i};`))
    file.append(pieces)
    file.append(bytes('end'))
    expect(contents(disk, '/f')).toBe(`${Buffer.concat(pieces).toString()}end`)
    expect(file.size).toBe(contents(disk, '/f').length)
  })

  it('leaves nothing behind of a batch for which the disk had no room', () => {
    const disk = new FakeDisk({ capacityBytes: 10 })
    const file = AppendFile.create(disk, '/f')
    file.append(bytes('12345'))
    expect(() => file.append(bytes('678901234'))).toThrow('ENOSPC')
    expect(() => file.append(bytes('678', '901234'))).toThrow('ENOSPC')
    expect(contents(disk, '/f')).toBe('12345')
    file.append(bytes('67890'))
    expect(contents(disk, '/f')).toBe('1234567890')
  })

  it('writes over what could not be cut off', () => {
    const disk = new FakeDisk({ capacityBytes: 10 })
    const file = AppendFile.create(disk, '/f')
    disk.fail('truncate', 'EIO', { times: 2 })
    expect(() => file.append(bytes('1234567890ABC'))).toThrow('ENOSPC')
    file.append(bytes('abcdefghij'))
    expect(contents(disk, '/f')).toBe('abcdefghij')
  })

  it('goes on after its descriptor was given up, and never takes over a file that is there', () => {
    const disk = new FakeDisk()
    const file = AppendFile.create(disk, '/f')
    file.append(bytes('one'))
    file.suspend()
    file.suspend()
    expect(file.isOpen).toBe(false)
    file.append(bytes('two'))
    file.rollBack(4)
    expect(contents(disk, '/f')).toBe('onet')
    expect(() => AppendFile.create(disk, '/f')).toThrow('EEXIST')
  })
})
