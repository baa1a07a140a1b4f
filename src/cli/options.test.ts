import { describe, expect, it } from 'vitest'
import { javaProperties, withJvmFlags } from './java-options.ts'
import { logOptionsOf } from './log-options.ts'
import { parseOptions } from './options.ts'

const parse = (...argv: string[]) => parseOptions('flume-ng agent', 'usage', argv)

describe('parseOptions', () => {
  it('takes what people type for Flume', async () => {
    expect(
      await parse(
        '-c',
        './conf',
        '-f',
        'a.properties',
        '-n',
        'a1',
        '-Dflume.root.logger=INFO,console',
        '-Xmx512m',
        '--no-reload-conf',
      ),
    ).toMatchObject({
      name: 'a1',
      files: ['a.properties'],
      conf: './conf',
      reload: false,
      javaDefines: ['flume.root.logger=INFO,console'],
      jvmFlags: ['mx512m'],
      words: [],
    })
  })

  it.each([
    [['--name', 'a1', '--conf-file', 'f', '--conf', 'c']],
    [['--name=a1', '--conf-file=f', '--conf=c']],
    [['-name', 'a1', '-conf-file', 'f', '-conf', 'c']],
    [['--na', 'a1', '--conf-f', 'f', '-c', 'c']],
    [['-c', 'c', '-javaagent:x.jar', '-n', 'a1', '-f', 'f']],
  ])('takes %j for the same', async (argv) => {
    expect(await parse(...argv)).toMatchObject({ name: 'a1', files: ['f'], conf: 'c', words: [] })
  })

  it('collects repeated files and properties in their order', async () => {
    expect(await parse('-f', 'one', '-Da=1', '-f', 'two', '-Db=2')).toMatchObject({
      files: ['one', 'two'],
      javaDefines: ['a=1', 'b=2'],
    })
  })

  it.each([
    [['--broker', '-n', 'a1'], true],
    [['-n', 'a1', '--broker'], true],
    [['--broker', 'conf/server.properties', '-n', 'a1'], 'conf/server.properties'],
    [['-n', 'a1'], undefined],
  ])('takes %j for a broker', async (argv, broker) => expect((await parse(...argv))?.broker).toBe(broker))

  it.each([
    [['--frobnicate'], "unknown option '--frobnicate'"],
    [['-n'], 'argument missing'],
    [['-z', 'zk:2181'], '--zkConnString is not there yet: keep the configuration in a file'],
    [['-prov', 'x.Y'], '--confProvider is not there yet'],
    [['--log-format', 'xml'], '--log-format is one of flume, json, pretty'],
  ])('refuses %j', async (argv, why) => await expect(parse(...argv)).rejects.toThrow(why))
})

describe('javaProperties', () => {
  it("takes the environment's, and lets the command line win", () => {
    const env = { JAVA_OPTS: '-Xmx1g -Da=1 -Db=2 -verbose', FLUME_JAVA_OPTS: '-Dc=3' }
    expect([...javaProperties(['b=x=y', 'flag'], env)]).toEqual([
      ['a', '1'],
      ['b', 'x=y'],
      ['c', '3'],
      ['flag', ''],
    ])
    expect(withJvmFlags('-Xmx1g', ['mx2g'])).toBe('-Xmx1g -Xmx2g')
    expect(withJvmFlags(undefined, [])).toBe('')
  })
})

describe('logOptionsOf', () => {
  const asked = (properties: Record<string, string>) => logOptionsOf(new Map(Object.entries(properties)), 'flume')

  it.each([
    [{}, 'info', 'stderr'],
    [{ 'flume.root.logger': 'DEBUG,console' }, 'debug', 'stderr'],
    [{ 'flume.root.logger': 'warn, LOGFILE' }, 'warn', { file: 'logs/flume.log' }],
    [{ 'flume.root.logger': 'OFF,file', 'flume.log.dir': '/v', 'flume.log.file': 'x' }, 'silent', { file: '/v/x' }],
    [{ 'flume.log.dir': '/v' }, 'info', { file: '/v/flume.log' }],
  ])('reads %j', (properties, level, target) => {
    expect(asked(properties)).toMatchObject({
      options: { level, to: target === 'stderr' ? expect.anything() : [target] },
      unknown: [],
    })
    expect([asked(properties).options.to].flat()).toEqual([target])
  })

  it('writes to both when both are named', () => {
    expect(asked({ 'flume.root.logger': 'INFO,console,DAILY' }).options.to).toEqual([
      'stderr',
      { file: 'logs/flume.log' },
    ])
  })

  it('names what it does not know and goes on', () => {
    expect(asked({ 'flume.root.logger': 'LOUD,syslog' })).toEqual({
      options: { layout: 'flume', level: 'info', to: 'stderr' },
      unknown: ['LOUD', 'syslog'],
    })
  })
})
