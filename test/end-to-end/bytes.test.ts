/** What stands in a log is bytes: they arrive as they were, whatever they are, through the topic and into files. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { startAgentProcess, startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import { outputBytes, storedPosition } from '../support/output.ts'
import { fileRoll, fileToFiles, fileToTopic, kafkaSource, pipeline } from '../support/pipelines.ts'
import { freePort } from '../support/port.ts'

/** Every byte there is, line ends of both kinds, empty lines, torn UTF-8, and no newline at the end. */
const strange = Buffer.concat([
  Buffer.from('plain\nwindows\r\n\n\n\r\nNUL \0 in it\n\0\n'),
  Buffer.from([...Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 0x0a), 0x0a]),
  Buffer.from([0xff, 0xfe, 0x0a, 0xc3, 0x0a, 0xe2, 0x82, 0x0a, 0xf0, 0x9f, 0x98, 0x0a]),
  Buffer.from('\ufeffmark, ümläut, 😀\n\t \n'),
  Buffer.from('a last line that never ends'),
])

/** As TAILDIR and file_roll have it: what ends a line is no part of it, and every line written has a newline. */
const expected = Buffer.from(`${strange.toString('latin1').replaceAll('\r\n', '\n')}\n`, 'latin1')

describe('bytes', () => {
  it('go from file to topic to file as they are', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    await using _broker = await startBrokerProcess(writeServerProperties(path, port))
    writeFileSync(join(path, 'access.log'), strange)
    await using toTopic = startAgentProcess(path, fileToTopic(path, port))
    const bridge = pipeline({ source: kafkaSource(port), sink: fileRoll(path) })
    mkdirSync(join(path, 'bridge'))
    await using toFile = startAgentProcess(join(path, 'bridge'), bridge.replaceAll(/^a1\./gm, 'a2.'), { name: 'a2' })
    await until(() => outputBytes(path).length >= expected.length, 'all bytes')
    expect(await toTopic.stop()).toBe(143)
    expect(await toFile.stop()).toBe(143)
    expect(outputBytes(path)).toEqual(expected)
    expect(storedPosition(path)).toBe(strange.length)
  })

  it('of one line of 200 MB come in pieces, and the memory stays small', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const live = join(path, 'access.log')
    const piece = Buffer.from(Array.from({ length: 1024 * 1024 }, (_, n) => 33 + ((n * 7) % 90)))
    for (let n = 0; n < 200; n++) writeFileSync(live, piece, { flag: 'a' })
    writeFileSync(live, '\nthe next line\n', { flag: 'a' })
    const { size } = statSync(live)
    await using agent = startAgentProcess(path, fileToFiles(path))
    await until(() => storedPosition(path) === size, 'the position of the last line', 50_000)
    const [, peakKb = ''] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${agent.process.pid}/status`, 'utf8')) ?? []
    expect(await agent.stop()).toBe(143)
    const written = outputBytes(path)
    const kept = Buffer.concat([...pieces(written)])
    expect(kept.equals(readFileSync(live).subarray(0, kept.length))).toBe(true)
    expect(kept.length).toBe(200 * piece.length)
    expect(written.subarray(written.indexOf(0x0a, -20) + 1).toString()).toBe('the next line\n')
    expect(agent.times(/\[WARN .*16/), agent.output).toBe(1)
    console.log(`one line of 200 MB: ${Math.round(Number(peakKb) / 1024)} MB at the peak`)
    expect(Number(peakKb) / 1024).toBeLessThan(250)
  })
})

/** The bytes between newlines, as long as they are those of the long line. */
const pieces = function* (bytes: Buffer): Generator<Buffer> {
  for (let from = 0; ;) {
    const to = bytes.indexOf(0x0a, from)
    if (to < 0 || bytes.subarray(from, to).toString('latin1') === 'the next line') return
    yield bytes.subarray(from, to)
    from = to + 1
  }
}
