import { describe, expect, it } from 'vitest'
import { findingText } from './finding.ts'
import { parseProperties } from './properties.ts'
import { substitute } from './substitution.ts'

const around = {
  env: { HOST: 'web1', WHICH: 'HOST', NOTHING: '', MONEY: 'a$1\\b', LOOP: '${env:LOOP}' },
  properties: new Map([['log.dir', '/var/log']]),
  nowMs: new Date(2026, 0, 5, 7, 8, 9).getTime(),
}

const run = (text: string, properties: ReadonlyMap<string, string> = around.properties) => {
  const { entries, findings } = substitute(parseProperties(text, 'f').entries, { ...around, properties })
  return { values: entries.map((e) => e.value), findings: findings.map(findingText) }
}

describe('substitute', () => {
  it.each([
    ['${env:HOST}.log', 'web1.log'],
    ['${sys:log.dir}/x', '/var/log/x'],
    ['${env:NOPE:-dflt}', 'dflt'],
    ['${env:NOPE:-${env:HOST}}', 'web1'],
    ['${env:HOST:-${env:NOPE}}', 'web1'],
    ['${env:${env:WHICH}}', 'web1'],
    ['$${env:X}', '${env:X}'],
    ['${env:MONEY}', 'a$1\\b'],
    ['${date:yyyy-MM-dd}', '2026-01-05'],
    ["${date:yyMMdd'T'HH:mm:ss}", '260105T07:08:09'],
    ['%{host}/%Y ${', '%{host}/%Y ${'],
    ['$HOST {x} $', '$HOST {x} $'],
  ])('makes %s into %s without a word', (value, resolved) => {
    expect(run(`a.b = ${value}`)).toEqual({ values: [resolved], findings: [] })
  })

  it('takes an environment value as it is, placeholders in it included', () => {
    expect(run('a.b = ${env:LOOP}').values).toEqual(['${env:LOOP}'])
  })

  it('finds another key wherever it stands, the last setting of it', () => {
    expect(run('a.x = ${a.y}/x\na.y = 1\na.y = ${env:HOST}').values).toEqual(['web1/x', '1', 'web1'])
  })

  it('leaves what it cannot resolve, and says so', () => {
    const { values, findings } = run('a.b = ${NOPE}\na.c = ${java:version} ${date:GG}')
    expect(values).toEqual(['${NOPE}', '${java:version} ${date:GG}'])
    expect(findings).toHaveLength(3)
    expect(findings[0]).toBe(
      'f:1: warning: a.b: ${NOPE} stays as it is: nothing is called that (set it, give a default with :-, or write $${ for a plain ${)',
    )
  })

  it('takes a bare name for an environment variable only under EnvVarResolverProperties', () => {
    const mode = new Map([['propertiesImplementation', 'org.apache.flume.node.EnvVarResolverProperties']])
    expect(run('a.b = ${HOST}', mode)).toEqual({ values: ['web1'], findings: [] })
    expect(run('a.b = ${HOST}').values).toEqual(['${HOST}'])
  })

  it('drops what comes out empty, as Flume does', () => {
    const { values, findings } = run('a.b = ${env:NOTHING}\na.c = 1')
    expect(values).toEqual(['1'])
    expect(findings[0]).toContain('f:1: warning: a.b is ignored: what it refers to is empty')
  })

  it('refuses circles, bottomless nesting and values that explode', () => {
    expect(run('a.x = ${a.y}\na.y = ${a.x}').findings[0]).toContain('a.x: ${a.x} leads back to itself')
    expect(run(`a.x = ${'${env:'.repeat(40)}X${'}'.repeat(40)}`).findings[0]).toContain('nested more than 20 deep')
    const lines = Array.from({ length: 30 }, (_, i) => `a.x${i} = ${`\${a.x${i + 1}}`.repeat(10)}`)
    expect(run([...lines, 'a.x30 = 0123456789'].join('\n')).findings[0]).toMatch(/needs more than|nested more than/)
    const long = run(`a.x = ${'${a.y}'.repeat(2_000)}\na.y = ${'y'.repeat(1_000)}`)
    expect(long.findings).toEqual(['f:1: a.x: the value becomes longer than 1 MB'])
  })

  it('names config filters as not there yet', () => {
    expect(run("a.password = ${f1['pw']}").findings[0]).toContain(
      "f:1: a.password: ${f1['pw']} asks a config filter, and those are not there yet (write ${env:NAME})",
    )
  })
})
