import { describe, expect, it } from 'vitest'
import { findingText } from './finding.ts'
import { parseProperties } from './properties.ts'
import { parseYaml } from './yaml.ts'

const read = async (text: string) => {
  const { entries, findings } = await parseYaml(text, 'f.yaml')
  return { entries: entries.map((e) => `${e.line} ${e.key} = ${e.value}`), findings: findings.map(findingText) }
}

const agent = `# an agent
a1:
  sources:
    r1:
      type: netcat
      port: 044444
      channels: [c1, c2]
      interceptors:
        i1: { type: timestamp }
        i2:
          type: static
          value: "true"
  channels:
    c1: &memory
      type: memory
    c2: *memory
  sinks:
    k1:
      type: hdfs
      channel: c1
      hdfs.path: /x/%Y
      hdfs:
        rollInterval: 1_0
`

describe('parseYaml', () => {
  it('reads the same keys and values as the properties file, with their lines', async () => {
    const { entries, findings } = await read(agent)
    expect(findings).toEqual([])
    expect(entries).toEqual([
      '3 a1.sources = r1',
      '5 a1.sources.r1.type = netcat',
      '6 a1.sources.r1.port = 044444',
      '7 a1.sources.r1.channels = c1 c2',
      '8 a1.sources.r1.interceptors = i1 i2',
      '9 a1.sources.r1.interceptors.i1.type = timestamp',
      '11 a1.sources.r1.interceptors.i2.type = static',
      '12 a1.sources.r1.interceptors.i2.value = true',
      '13 a1.channels = c1 c2',
      '15 a1.channels.c1.type = memory',
      '15 a1.channels.c2.type = memory',
      '17 a1.sinks = k1',
      '19 a1.sinks.k1.type = hdfs',
      '20 a1.sinks.k1.channel = c1',
      '21 a1.sinks.k1.hdfs.path = /x/%Y',
      '23 a1.sinks.k1.hdfs.rollInterval = 1_0',
    ])
    const properties = entries.map((line) => line.replace(/^\d+ /, '')).join('\n')
    expect(
      parseProperties(properties, 'f')
        .entries.map((e) => `${e.key} = ${e.value}`)
        .join('\n'),
    ).toBe(properties)
  })

  it('lets a dotted key state a list, and may be flat altogether', async () => {
    expect((await read('a1.sources: r2\na1: { sources: { r1: { type: x }, r2: { type: y } } }')).entries[0]).toBe(
      '1 a1.sources = r2',
    )
    expect((await read('a1.sources: r1 r2\na1.sources.r1.type: seq')).entries).toEqual([
      '1 a1.sources = r1 r2',
      '2 a1.sources.r1.type = seq',
    ])
  })

  it('keeps the parts of a list', async () => {
    expect((await parseYaml('a: { sinks: { k: { topics: [a b, c] } } }', 'f')).entries[1]).toMatchObject({
      value: 'a b c',
      items: ['a b', 'c'],
    })
  })

  it('says what is wrong with its line', async () => {
    expect((await read('a1:\n  sources: [r1\n')).findings[0]).toMatch(/^f\.yaml:\d: not YAML: /)
    expect((await read('just words')).findings[0]).toContain('f.yaml:1: this does not fit into a configuration')
    expect((await read('a1:\n  channels:\n    c1:\n      x: [[1]]\n')).findings[0]).toContain('f.yaml:4: ')
    expect((await read('a1: { x: 1 }\na1: { x: 2 }')).findings).toEqual([
      'f.yaml:1: warning: a1.x is set again on line 2, which wins (remove one of the two)',
    ])
    expect((await read('a1:\n  x:\n')).findings).toEqual([
      'f.yaml:2: warning: a1.x has no value and is ignored (an empty value cannot be set; remove the line)',
    ])
  })

  it('stops at aliases that would go on for ever', async () => {
    expect((await read('a1: &a\n  b: *a\n')).findings[0]).toContain('nests them too deep')
    const bomb = ['x0: &x0 { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8 }']
    for (let i = 1; i < 10; i++)
      bomb.push(
        `x${i}: &x${i} { ${'abcdefgh'
          .split('')
          .map((l) => `${l}: *x${i - 1}`)
          .join(', ')} }`,
      )
    expect((await read(bomb.join('\n'))).findings[0]).toContain('more than 100000 settings')
  })
})
