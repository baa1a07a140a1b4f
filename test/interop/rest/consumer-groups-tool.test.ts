/** kafka-consumer-groups.sh on a real Apache Kafka 4.3. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApacheKafka, startApacheKafka } from '../counterparts/apache-kafka.ts'
import { compared, ours, prepare, same, theirs } from '../groups-tool.ts'

describe('on Apache Kafka', () => {
  let kafka: ApacheKafka

  beforeAll(async () => {
    kafka = await startApacheKafka()
    await prepare(kafka.bootstrap)
  }, 600_000)
  afterAll(async () => {
    await kafka[Symbol.asyncDispose]()
  })

  it.each(compared.slice(0, 5))('%s %s %s prints what its own tool prints', (...args) => same(kafka.bootstrap, ...args))

  it('our tool resets and deletes', async () => {
    await ours(kafka.bootstrap, [
      '--reset-offsets',
      '--group',
      'reader',
      '--topic',
      'one',
      '--to-offset',
      '7',
      '--execute',
    ])
    expect(await theirs(kafka.bootstrap, ['--describe', '--group', 'reader'])).toMatch(/ one +0 +7 +50 +43 /)
    expect(await ours(kafka.bootstrap, ['--delete', '--group', 'reader'])).toContain('was successful.')
    expect(await theirs(kafka.bootstrap, ['--list'])).not.toContain('reader')
  })
})
