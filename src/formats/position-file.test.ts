import { describe, expect, it } from 'vitest'
import { formatPositions, parsePositions } from './position-file.ts'

describe('the position file', () => {
  it('reads and writes Flume’s form', () => {
    const text = '[{"inode":2213359,"pos":22,"file":"/var/log/x.log"},{"inode":7,"pos":0,"file":"/var/log/é \\"y\\""}]'
    expect(formatPositions(parsePositions(text)).toString()).toBe(text)
    expect(parsePositions('[ { "file" : "/a", "pos":1,\n"inode":3, "more":true } ]')).toMatchObject([
      { inode: 3, pos: 1 },
    ])
  })

  it('takes an empty file for no entries', () => {
    expect(parsePositions('')).toEqual([])
    expect(parsePositions('[]')).toEqual([])
  })

  it.each([
    '[',
    '{}',
    '3',
    '[3]',
    '[null]',
    '[{"inode":1,"pos":-1,"file":"/a"}]',
    '[{"inode":1,"pos":1.5,"file":"/a"}]',
  ])('says what is wrong with %s', (text) => {
    expect(() => parsePositions(text)).toThrow()
  })
})
