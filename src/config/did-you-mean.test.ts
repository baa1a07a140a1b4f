import { describe, expect, it } from 'vitest'
import { closest } from './did-you-mean.ts'

const known = ['hdfs.rollInterval', 'hdfs.rollSize', 'channel', 'channels', 'type', 'bind', 'port']

describe('closest', () => {
  it.each([
    ['hdfs.rolInterval', 'hdfs.rollInterval'],
    ['HDFS.ROLLSIZE', 'hdfs.rollSize'],
    ['chanel', 'channel'],
    ['chnanels', 'channels'],
    ['tpye', 'type'],
    ['prot', 'port'],
  ])('takes %s for %s', (word, meant) => expect(closest(word, known)).toBe(meant))

  it('guesses nothing for a word that is like none', () => {
    expect(closest('batchSize', known)).toBeUndefined()
    expect(closest('x'.repeat(100_000), ['x'.repeat(99_999)])).toBeUndefined()
  })

  it('prefers the nearer one', () => {
    expect(closest('channelz', ['channels', 'channel'])).toBe('channels')
  })
})
