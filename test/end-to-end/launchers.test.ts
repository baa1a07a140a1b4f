import { chmodSync, cpSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bin, startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { Child } from '../support/child.ts'
import { root } from '../tidy/tree.ts'

const agent = `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = seq
a1.sources.r1.totalEvents = 3
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
a1.channels.c1.capacity = \${env:CAPACITY:-100}
a1.sinks.k1.type = logger
a1.sinks.k1.channel = c1
`

const ended = async (
  command: string,
  args: readonly string[],
  options: ConstructorParameters<typeof Child>[2] = {},
) => {
  const child = new Child(command, args, options)
  return { code: await child.exited, output: child.output }
}

describe('launchers', () => {
  it('work through links, as npm makes them', async () => {
    using folder = temporaryFolder()
    symlinkSync(bin('flume-ng'), join(folder.path, 'flume-ng'))
    symlinkSync('flume-ng', join(folder.path, 'link'))
    const { code, output } = await ended(join(folder.path, 'link'), ['version'], { cwd: folder.path })
    expect(code, output).toBe(0)
    expect(output).toMatch(/^Millrace \d/)
  })

  it('say in one line what to do where Node is too old, or missing', async () => {
    using folder = temporaryFolder()
    cpSync(join(root, 'bin'), join(folder.path, 'bin'), { recursive: true })
    const tools = join(folder.path, 'tools')
    mkdirSync(tools)
    for (const tool of ['readlink', 'dirname']) symlinkSync(await which(tool), join(tools, tool))
    const launch = () => ended(join(folder.path, 'bin', 'flume-ng'), ['version'], { env: { PATH: tools } })
    expect(await launch()).toEqual({
      code: 1,
      output:
        'flume-ng needs Node.js 24 or newer (found none): run `npm i node@24` in the folder where millrace is installed.\n',
    })
    writeFileSync(join(tools, 'node'), '#!/bin/sh\necho v20.19.2\n')
    chmodSync(join(tools, 'node'), 0o755)
    expect((await launch()).output).toBe(
      'flume-ng needs Node.js 24 or newer (found v20.19.2): run `npm i node@24` in the folder where millrace is installed.\n',
    )
  })

  it('start a Node whose V8 lacks a flag of theirs without flags', async () => {
    using folder = temporaryFolder()
    cpSync(join(root, 'bin'), join(folder.path, 'bin'), { recursive: true })
    const node = join(folder.path, 'node_modules', 'node', 'bin', 'node')
    mkdirSync(join(node, '..'), { recursive: true })
    const fake =
      '#!/bin/sh\ncase $1 in --version) echo v26.0.0 ;; -*) echo "bad option: $1"; exit 9 ;; *) echo "runs $*" ;; esac\n'
    writeFileSync(node, fake, { mode: 0o755 })
    const { code, output } = await ended(join(folder.path, 'bin', 'flume-ng'), ['version'])
    expect(output).toBe(`runs ${join(folder.path, 'dist', 'src', 'main.js')} flume-ng version\n`)
    expect(code).toBe(0)
  })

  it('read flume-env.sh, and start without one that sh cannot read', async () => {
    using folder = temporaryFolder()
    const conf = join(folder.path, 'my conf')
    mkdirSync(conf)
    writeFileSync(join(conf, 'a.properties'), agent)
    const dryRun = () =>
      ended(bin('flume-ng'), ['agent', '-c', conf, '-f', join(conf, 'a.properties'), '-n', 'a1', '-d'])
    writeFileSync(join(conf, 'flume-env.sh'), 'export CAPACITY=many\n')
    const seen = await dryRun()
    expect(seen.output).toContain('Info: Sourcing environment configuration script')
    expect(seen.output).toContain("capacity: '${env:CAPACITY:-100}' is not a whole number")
    expect(seen.code).toBe(2)
    writeFileSync(join(conf, 'flume-env.sh'), 'JAVA_OPTS="-Xmx20m -Dtype=logger"\n')
    const judged = join(conf, 'b.properties')
    writeFileSync(judged, agent.replace('type = logger', 'type = ${sys:type}'))
    expect((await ended(bin('millrace'), ['check', '-c', conf, judged])).code).toBe(0)
    expect((await ended(bin('millrace'), ['check', judged])).code).toBe(2)
    for (const script of ['if [[ ((', 'exit 3', 'exit 0']) {
      writeFileSync(join(conf, 'flume-env.sh'), script)
      const { code, output } = await dryRun()
      expect(output).toContain('is not a script that sh can read; it was left out')
      expect(code, output).toBe(0)
    }
  })
})

const which = async (tool: string): Promise<string> => {
  const path = (await ended('/bin/sh', ['-c', `command -v ${tool}`])).output.trim()
  return path === '' ? readlinkSync(`/usr/bin/${tool}`) : path
}

describe('flume-ng agent', () => {
  it('is one process that drains on a signal, tells its accounts, and ends as a JVM would', async () => {
    using folder = temporaryFolder()
    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const) {
      await using child = startAgentProcess(folder.path, agent)
      await child.printed(/Event: [\s\S]*Event: [\s\S]*Event: /)
      expect(await child.stop(signal)).toBe(code)
      expect(child.output).toMatch(
        /\[INFO - org\.apache\.flume\.node\.Application\] Events in 3, out 3, dropped 0, held 0; /,
      )
    }
  })

  it.each([
    [['agent', '-f', 'x'], 2, 'Missing required option: n'],
    [['agent', '-n', 'a1'], 2, 'no configuration was given: add -f FILE'],
    [['agent', '-n', 'a1', '-f', '/nowhere'], 2, 'The configuration file /nowhere does not exist'],
    [['agent', '--help'], 0, 'usage: flume-ng agent'],
    [['help'], 0, 'Usage: flume-ng <command>'],
    [['agnet'], 1, "Error: Unknown or unspecified command 'agnet'"],
  ])('%j ends with %i', async (args, code, says) => {
    const result = await ended(bin('flume-ng'), args)
    expect(result.output).toContain(says)
    expect(result.code).toBe(code)
  })

  it('names the agents of the file when asked for another', async () => {
    using folder = temporaryFolder()
    await using child = startAgentProcess(folder.path, agent, { name: 'agent' })
    expect(await child.exited).toBe(2)
    expect(child.output).toContain('There is no agent agent in')
    expect(child.output).toContain('The agents there are: a1.')
  })

  it('refuses a faulty file whole, and with --lenient runs the rest of it', async () => {
    using folder = temporaryFolder()
    const faulty = `${agent.replace('= k1', '= k1 k2')}a1.sinks.k2.type = irc\na1.sinks.k2.channel = c1\n`
    const strict = startAgentProcess(folder.path, faulty)
    expect(await strict.exited).toBe(2)
    expect(strict.output).toMatch(
      /\[ERROR - org\.apache\.flume\.conf\.FlumeConfiguration\] .*agent\.properties:11: sink k2: the sink irc is not there yet/,
    )
    await using lenient = startAgentProcess(folder.path, faulty, { more: ['--lenient'] })
    await lenient.printed(/Event: /)
    expect(lenient.output).toContain('it is left out')
    const without = faulty.replace('= seq', '= sqe')
    await using idle = startAgentProcess(folder.path, without, { more: ['--lenient'] })
    await idle.printed(/ERROR .*Agent a1 has no sources left: nothing comes in/)
  })

  it('logs into a file when told so, and then says on the console why it does not start', async () => {
    using folder = temporaryFolder()
    const more = ['-Dflume.root.logger=INFO,LOGFILE', `-Dflume.log.dir=${folder.path}/logs`]
    const child = startAgentProcess(folder.path, agent.replace('seq', 'sqe'), { more })
    expect(await child.exited).toBe(2)
    expect(child.output).toMatch(
      /agent\.properties:4: source r1: unknown source type sqe[\s\S]*Agent a1 cannot start: 1 fault/,
    )
    expect(child.output).not.toContain('(main)')
  })

  it('runs the commands of an exec source in the environment that it was given', async () => {
    using folder = temporaryFolder()
    const properties = agent.replace(
      '= seq',
      "= exec\na1.sources.r1.shell = /bin/sh -c\na1.sources.r1.command = env | grep -E '^(MALLOC|MILLRACE)_'",
    )
    await using child = startAgentProcess(folder.path, properties, { env: { MALLOC_PERTURB_: '0' } })
    await child.printed(/Event: .*MALLOC_PERTURB_/)
    await child.printed(/exited with 0/)
    expect(child.output.match(/Event: /g)).toHaveLength(1)
  })

  it('notices that its configuration has changed', async () => {
    using folder = temporaryFolder()
    await using child = startAgentProcess(folder.path, agent)
    await child.printed(/Event: /)
    writeFileSync(join(folder.path, 'agent.properties'), `${agent}# another line\n`)
    await child.printed(/agent\.properties has changed; the agent goes on with what it read/)
  })

  it('goes on after an error that a component lets slip', async () => {
    using folder = temporaryFolder()
    writeFileSync(
      join(folder.path, 'slip.mjs'),
      `export default { type: 'slip', aliases: [], summary: '', settings: {}, create: (_, { log }) => ({
         batchSize: 1, inFlight: 1, [Symbol.asyncDispose]: async () => {},
         async write(batch) { log.info('WROTE ' + batch[0].body); queueMicrotask(() => { throw new Error('slipped') }); void Promise.reject(new Error('dropped')) } }) }`,
    )
    await using child = startAgentProcess(folder.path, agent.replace('= logger', '= ./slip.mjs'))
    await child.printed(/WROTE [\s\S]*WROTE [\s\S]*WROTE /)
    await child.printed(/An error that no component handled: dropped/)
    expect(child.output).toContain('An error that no component handled: slipped. The agent goes on.')
    expect(await child.stop()).toBe(143)
  })

  it('serves its counters over HTTP when asked', async () => {
    using folder = temporaryFolder()
    const more = ['-Dflume.monitoring.type=http', '-Dflume.monitoring.port=0', '--log-format', 'json']
    await using child = startAgentProcess(folder.path, agent, { more })
    const [, address = ''] = await child.printed(/Metrics are served on (http:\S+\/metrics)/)
    const counters = async () => (await fetch(address)).json()
    await expect.poll(counters, { timeout: 20_000 }).toMatchObject({ 'SINK.k1': { EventDrainSuccessCount: '3' } })
    expect(JSON.parse(child.output.split('\n')[0] ?? '')).toMatchObject({
      level: 30,
      name: 'org.apache.flume.node.Application',
    })
  })
})
