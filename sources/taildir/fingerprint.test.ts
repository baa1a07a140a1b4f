import { describe, expect, it } from 'vitest'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { Fingerprint } from './fingerprint.ts'

const fileWith = (text: string) => {
  const disk = new FakeDisk()
  disk.plant('/f', Buffer.from(text))
  const fd = disk.open('/f', 'r+')
  const write = (more: string, at: number): void => void disk.write(fd, Buffer.from(more), 0, more.length, at)
  return { disk, fd, write }
}

describe('Fingerprint', () => {
  it('grows with the file and knows it again in a later run', () => {
    const { disk, fd, write } = fileWith('ab')
    const print = new Fingerprint()
    expect(print.matches(disk, fd)).toBe(true)
    write('c'.repeat(5000), 2)
    expect(print.matches(disk, fd)).toBe(true)
    expect(print.toStored().length).toBe(1024)
    write('more', 5002)
    expect(new Fingerprint(print.toStored()).matches(disk, fd)).toBe(true)
  })

  it('knows neither a changed beginning nor a shorter file', () => {
    const { disk, fd, write } = fileWith('abcdef')
    const print = new Fingerprint()
    print.matches(disk, fd)
    const stored = print.toStored()
    write('x', 3)
    expect(print.matches(disk, fd)).toBe(false)
    expect(new Fingerprint(stored).matches(disk, fd)).toBe(false)
    write('d', 3)
    disk.truncate(fd, 5)
    expect(print.matches(disk, fd)).toBe(false)
    expect(new Fingerprint(stored).matches(disk, fd)).toBe(false)
  })

  it('looks at no byte behind its length: a stored print of a short file matches what grew from it', () => {
    const { disk, fd, write } = fileWith('ab')
    const print = new Fingerprint()
    print.matches(disk, fd)
    const stored = print.toStored()
    write('anything', 2)
    expect(new Fingerprint(stored).matches(disk, fd)).toBe(true)
  })

  it('keeps what was stored until it was compared', () => {
    const stored = { length: 3, sha256: 'x' }
    expect(new Fingerprint(stored).toStored()).toBe(stored)
  })
})
